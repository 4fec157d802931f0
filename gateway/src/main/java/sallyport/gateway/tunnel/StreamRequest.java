package sallyport.gateway.tunnel;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import sallyport.gateway.directory.PortNumber;

/**
 * A visitor's wish for one connection to a device.
 *
 * @param port the device's port
 * @param visitor the visitor's address, told to the device as the originator (RFC 4254 section 7.2)
 * @param loop the loop on which the stream's channel lives, normally the visitor's
 * @param handler added to the stream's pipeline before it becomes active
 */
public record StreamRequest(PortNumber port, InetSocketAddress visitor, EventLoop loop, ChannelHandler handler) {}
