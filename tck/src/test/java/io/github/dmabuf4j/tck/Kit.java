package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.fence.FenceValidator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Puts the cases to an engine: that named by the system property {@value #ENGINE}, a class with a public constructor
 * without parameters, or {@link JvmEngine}. Prints at the end how many cases of each family ran.
 */
final class Kit implements ParameterResolver, ExecutionCondition, AfterTestExecutionCallback {
    static final String ENGINE = "dmabuf4j.tck.engine";

    private static final Namespace NAMESPACE = Namespace.create(Kit.class);

    static {
        silenceValidator();
    }

    /** The cases signal twice and out of order on purpose; that it is reported is tested where the reports are made. */
    static void silenceValidator() {
        FenceValidator.setListener(_ -> {});
    }

    /** Ends with the run, and then prints. */
    private record Counts(Map<String, Integer> cases, Map<String, Integer> failed) implements AutoCloseable {
        Counts() {
            this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }

        @Override
        public void close() {
            String line = new TreeMap<>(cases)
                    .entrySet().stream()
                            .map(each -> each.getKey() + " " + each.getValue()
                                    + (failed.containsKey(each.getKey())
                                            ? " (" + failed.get(each.getKey()) + " failed)"
                                            : ""))
                            .collect(Collectors.joining(", "));
            int sum = cases.values().stream().mapToInt(Integer::intValue).sum();
            System.out.println("tck: " + line + " (" + sum + " cases, " + engineName() + ")");
        }
    }

    private static String engineName() {
        return System.getProperty(ENGINE, JvmEngine.class.getName());
    }

    private static boolean inProcess() {
        return engineName().equals(JvmEngine.class.getName());
    }

    private static Engine newEngine() {
        try {
            return (Engine) Class.forName(engineName()).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no engine " + engineName() + ": see the property " + ENGINE, e);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Engine.class || type == BufferEngine.class;
    }

    @Override
    public Engine resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The store closes it after the case.
        Engine engine = context.getStore(NAMESPACE).computeIfAbsent(Engine.class, _ -> newEngine(), Engine.class);
        Class<?> type = parameter.getParameter().getType();
        // A kernel may have sw_sync and no heap.
        Assumptions.assumeTrue(type.isInstance(engine), () -> engineName() + " is no " + type.getSimpleName());
        return engine;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, InProcessOnly.class))
                .filter(_ -> !inProcess())
                .map(only -> ConditionEvaluationResult.disabled("only for an engine of this process: " + only.value()))
                .orElse(ConditionEvaluationResult.enabled("any engine"));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        String family = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Family.class)
                .orElseThrow()
                .value();
        Counts counts =
                context.getRoot().getStore(NAMESPACE).computeIfAbsent(Counts.class, _ -> new Counts(), Counts.class);
        counts.cases.merge(family, 1, Integer::sum);
        if (context.getExecutionException().isPresent()) {
            counts.failed.merge(family, 1, Integer::sum);
        }
    }
}
