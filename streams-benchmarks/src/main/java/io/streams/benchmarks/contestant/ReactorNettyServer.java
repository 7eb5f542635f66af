package io.streams.benchmarks.contestant;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Reactor Netty as its reference guide has it, with Netty's frame decoder for lines.
 */
final class ReactorNettyServer implements ContestantServer {

	private static final byte[] CHUNK = Chunk.bytes();

	@Override
	public int start(Service service, int loops) {
		return TcpServer.create()
			.host(HOST)
			.port(0)
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.runOn(LoopResources.create("benchmark", loops, true))
			.doOnConnection((connection) -> {
				if (service == Service.ECHO) {
					connection.addHandlerLast(new LineBasedFrameDecoder(MAX_LINE_BYTES, false, false));
				}
			})
			.handle((inbound, outbound) -> handle(service, inbound, outbound))
			.bindNow()
			.port();
	}

	private static Publisher<Void> handle(Service service, NettyInbound inbound, NettyOutbound outbound) {
		return switch (service) {
			case ECHO -> outbound.send(inbound.receive().retain());
			case SEND -> outbound.send(chunks(outbound.alloc()));
			case RECEIVE -> outbound.send(acknowledgements(inbound));
			case ECHO_TLS, RESP -> throw new UnsupportedOperationException();
		};
	}

	private static Flux<ByteBuf> chunks(ByteBufAllocator allocator) {
		return Flux.generate((sink) -> sink.next(allocator.buffer(CHUNK.length).writeBytes(CHUNK)));
	}

	private static Flux<ByteBuf> acknowledgements(NettyInbound inbound) {
		Acknowledgements acknowledgements = new Acknowledgements();
		return inbound.receive().handle((bytes, sink) -> {
			if (acknowledgements.isDueAfter(bytes.readableBytes())) {
				sink.next(Unpooled.wrappedBuffer(Acknowledgements.ACKNOWLEDGEMENT));
			}
		});
	}

}
