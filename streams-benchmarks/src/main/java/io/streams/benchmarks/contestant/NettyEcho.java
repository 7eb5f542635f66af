package io.streams.benchmarks.contestant;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Writes what it gets, and flushes when the read is complete.
 */
@Sharable
final class NettyEcho extends ChannelInboundHandlerAdapter {

	static final NettyEcho INSTANCE = new NettyEcho();

	private NettyEcho() {
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object line) {
		context.write(line, context.voidPromise());
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.flush();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		// Netty's own form of back-pressure: a client that does not read is not read.
		context.channel().config().setAutoRead(context.channel().isWritable());
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

}
