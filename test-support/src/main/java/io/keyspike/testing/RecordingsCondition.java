package io.keyspike.testing;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test whose recordings are absent, where they are not required. */
final class RecordingsCondition implements ExecutionCondition {
    private static final boolean REQUIRED = "required".equals(System.getProperty("keyspike.recordings"));

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return findAnnotation(context.getElement(), NeedsRecordings.class)
                .map(NeedsRecordings::value)
                .filter(needed -> !needed.present() && !REQUIRED)
                .map(needed -> ConditionEvaluationResult.disabled(needed.absence()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("recordings are there or required"));
    }
}
