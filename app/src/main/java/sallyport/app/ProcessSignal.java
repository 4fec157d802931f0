package sallyport.app;

import java.lang.reflect.Proxy;

/**
 * Hears the signals that people and service managers send to a process. Java has no supported class for that; the one of module
 * {@code jdk.unsupported} is reached by name, since javac warns of every mention of it and a warning fails the build.
 */
final class ProcessSignal {
    private ProcessSignal() {}

    /**
     * Runs {@code task} on a thread of the JVM's whenever the signal arrives, instead of what it does by default.
     *
     * @param name without SIG, such as {@code TERM}
     * @throws IllegalStateException when this JVM hears no such signal
     */
    static void on(String name, Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener = Proxy.newProxyInstance(
                    ProcessSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM does not hear SIG" + name, e);
        }
    }
}
