package io.streams.benchmarks.contestant;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streams.benchmarks.workload.Chunk;

/**
 * Writes chunks while the channel is writable, and goes on when it is so again.
 */
final class NettySend extends ChannelInboundHandlerAdapter {

	private static final byte[] CHUNK = Chunk.bytes();

	@Override
	public void channelActive(ChannelHandlerContext context) {
		send(context);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		send(context);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

	private static void send(ChannelHandlerContext context) {
		if (!context.channel().isActive()) {
			return;
		}
		while (context.channel().isWritable()) {
			context.write(context.alloc().buffer(CHUNK.length).writeBytes(CHUNK), context.voidPromise());
		}
		context.flush();
	}

}
