package sallyport.e2e;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.TempFolder;

/**
 * Gives test methods a {@link Scene} on one gateway process that all tests of a run share. Tests that stop, restart or measure
 * a gateway start one of their own with {@link Scene#ownGateway}.
 */
final class SharedGateway implements ParameterResolver, AfterEachCallback {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(SharedGateway.class);

    /** Starts when the first test asks for it; ends with the run. */
    static final class Lazy implements AutoCloseable {
        private final TempFolder folder = TempFolder.create("e2e");
        private final GatewayProcess gateway =
                GatewayProcess.in(folder).javaOptions("-Xmx192m").start();

        GatewayProcess gateway() {
            return gateway;
        }

        @Override
        public void close() {
            gateway.close();
            folder.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext.Store shared = context.getRoot().getStore(SPACE);
        Scene scene = new Scene(() -> shared.computeIfAbsent(Lazy.class, key -> new Lazy(), Lazy.class)
                .gateway());
        context.getStore(SPACE).put(Scene.class, scene);
        return scene;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Scene scene = context.getStore(SPACE).remove(Scene.class, Scene.class);
        if (scene != null) {
            scene.close();
        }
    }
}
