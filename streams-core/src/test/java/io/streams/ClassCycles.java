package io.streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;

/**
 * Finds the classes of one package that know each other in a circle. A nested class
 * counts as the class around it.
 */
final class ClassCycles {

	/** By class, the classes of its package that it knows. */
	private final Map<String, Set<String>> known = new TreeMap<>();

	private final Map<String, Integer> indexes = new HashMap<>();

	private final Map<String, Integer> lowest = new HashMap<>();

	private final Deque<String> open = new ArrayDeque<>();

	private final List<Set<String>> cycles = new ArrayList<>();

	private ClassCycles(JavaClasses classes, String packageName) {
		for (JavaClass type : classes) {
			if (type.getPackageName().equals(packageName)) {
				Set<String> targets = this.known.computeIfAbsent(outermost(type), (name) -> new TreeSet<>());
				type.getDirectDependenciesFromSelf()
					.stream()
					.map(Dependency::getTargetClass)
					.map(JavaClass::getBaseComponentType)
					.filter((target) -> target.getPackageName().equals(packageName))
					.map(ClassCycles::outermost)
					.forEach(targets::add);
			}
		}
		this.known.forEach((name, targets) -> targets.remove(name));
	}

	private static String outermost(JavaClass type) {
		return type.getEnclosingClass().map(ClassCycles::outermost).orElse(type.getSimpleName());
	}

	/**
	 * Finds the circles of a package.
	 * @return the classes of each, without those of one class
	 */
	static List<Set<String>> of(JavaClasses classes, String packageName) {
		ClassCycles cycles = new ClassCycles(classes, packageName);
		for (String name : cycles.known.keySet()) {
			if (!cycles.indexes.containsKey(name)) {
				cycles.visit(name);
			}
		}
		return cycles.cycles;
	}

	/** Tarjan's strongly connected components. */
	private void visit(String name) {
		int index = this.indexes.size();
		this.indexes.put(name, index);
		this.lowest.put(name, index);
		this.open.push(name);
		for (String target : this.known.getOrDefault(name, Set.of())) {
			if (!this.indexes.containsKey(target)) {
				visit(target);
				this.lowest.merge(name, this.lowest.get(target), Math::min);
			}
			else if (this.open.contains(target)) {
				this.lowest.merge(name, this.indexes.get(target), Math::min);
			}
		}
		if (this.lowest.get(name) == index) {
			close(name);
		}
	}

	private void close(String name) {
		Set<String> cycle = new HashSet<>();
		String last;
		do {
			last = this.open.pop();
			cycle.add(last);
		}
		while (!last.equals(name));
		if (cycle.size() > 1) {
			this.cycles.add(new TreeSet<>(cycle));
		}
	}

}
