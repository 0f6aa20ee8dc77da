package io.keyspike.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that needs what others recorded. It is skipped where that is absent, unless the system property
 * {@code keyspike.recordings} is {@code required}, as in the build's profile {@code recordings}, which runs these tests alone:
 * there it fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("recordings")
@ExtendWith(RecordingsCondition.class)
public @interface NeedsRecordings {

    /** {@return what the test reads} */
    SharedData value();
}
