package io.streams.benchmarks.contestant;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * Takes everything and counts it.
 */
final class NettyReceive extends SimpleChannelInboundHandler<ByteBuf> {

	private final Acknowledgements acknowledgements = new Acknowledgements();

	@Override
	protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
		if (this.acknowledgements.isDueAfter(bytes.readableBytes())) {
			context.writeAndFlush(Unpooled.wrappedBuffer(Acknowledgements.ACKNOWLEDGEMENT), context.voidPromise());
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

}
