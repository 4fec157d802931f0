package sallyport.gateway;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import sallyport.gateway.tunnel.EventLoops;

/** How much memory the process uses, for {@code /metrics}. Any thread. */
final class MemoryInUse {
    private MemoryInUse() {}

    /** Bytes of live and dead objects in the Java heap. */
    static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes outside the heap that the data plane's buffers and the JVM's own direct buffers hold. */
    static long direct() {
        long java = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return java + EventLoops.directMemory();
    }
}
