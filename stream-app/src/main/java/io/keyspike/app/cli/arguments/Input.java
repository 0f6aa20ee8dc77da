package io.keyspike.app.cli.arguments;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An option or parameter that names what a command reads or writes. It is checked before the command starts, so that a name mistyped is
 * reported at once, in the same words and with the same exit code by every command.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Input {

    /** What the path must name. */
    Kind value();

    /** Kinds of path. */
    enum Kind {
        /** Anything that can be read: a file, a pipe, a device, but no folder. */
        FILE("a file"),
        /** A folder. */
        FOLDER("a folder"),
        /** A file or a folder. */
        ANY("a file or a folder"),
        /** A folder to write to, which may not exist yet; no file is in its way. */
        FOLDER_TO_WRITE("a folder"),
        /** A file to write, which may not exist yet; no folder has its name, and its own folder can be made. */
        FILE_TO_WRITE("a file to write");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
