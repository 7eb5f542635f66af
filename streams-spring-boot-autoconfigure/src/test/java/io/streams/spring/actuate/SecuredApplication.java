package io.streams.spring.actuate;

import java.util.List;

import io.streams.spring.server.EchoServer;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * An application whose endpoints are for operators only: {@code guest} is none,
 * {@code operator} is one.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(EchoServer.class)
class SecuredApplication {

	/** Turns on what application.properties turns off for all other tests. */
	static final String WITH_SECURITY = "spring.autoconfigure.exclude=";

	@Bean
	SecurityFilterChain endpointSecurity(HttpSecurity http) throws Exception {
		return http.securityMatcher(EndpointRequest.toAnyEndpoint())
			.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("OPERATOR"))
			.csrf((csrf) -> csrf.ignoringRequestMatchers(EndpointRequest.to("streams")))
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(user("guest", "GUEST"), user("operator", "OPERATOR"));
	}

	private static UserDetails user(String name, String role) {
		return User.withUsername(name).password("{noop}" + name).roles(role).build();
	}

	@Bean
	AuditEventRepository audits() {
		return new InMemoryAuditEventRepository();
	}

	static List<AuditEvent> operations(AuditEventRepository audits) {
		return audits.find(null, null, OperatorLog.AUDIT_TYPE);
	}

}
