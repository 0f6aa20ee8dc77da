package io.keyspike.app.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it failed, and standard error as the launcher received it. */
final class StandardStreams {

    /** Set by the launcher: the descriptor under which it kept standard error. */
    private static final String KEPT = "keyspike.stderr";

    private static final int STANDARD_ERROR = 2;

    /** Passes everything on, and keeps the first failure. {@link PrintWriter} would only tell that there was one. */
    static final class Remembering extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Remembering(OutputStream out) {
            super(out);
        }

        /** The first failure; null if all went well. */
        @Nullable
        IOException failure() {
            return failure;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                remember(e);
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                remember(e);
                throw e;
            }
        }

        private void remember(IOException e) {
            if (failure == null) {
                failure = e;
            }
        }
    }

    private StandardStreams() {}

    /** Standard output of the process. */
    static Remembering output() {
        return new Remembering(new FileOutputStream(FileDescriptor.out));
    }

    /** Prints to a stream in the terminal's encoding. */
    static PrintWriter writer(OutputStream out) {
        Charset charset = charset(System.getProperty("stdout.encoding"));
        return new PrintWriter(new OutputStreamWriter(new BufferedOutputStream(out), charset), true);
    }

    /**
     * The encoding to print in. ASCII is what Java makes of a locale that says nothing, as containers and services have it (C,
     * POSIX); UTF-8 is the same there and loses no arrow and no umlaut. Python does so, too (PEP 540).
     */
    static Charset charset(@Nullable String encoding) {
        Charset charset = encoding != null && Charset.isSupported(encoding)
                ? Charset.forName(encoding)
                : Charset.defaultCharset();
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    /**
     * Takes back standard error. Until here it led through the launcher's filter, which leaves out the line in which the JVM
     * announces an incubating module.
     */
    @SuppressWarnings("restricted") // dup2 and close, with their own signatures
    static void restoreError() {
        Integer kept = Integer.getInteger(KEPT);
        if (kept == null) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle duplicate = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            MethodHandle close = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("close"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            if ((int) duplicate.invokeExact((int) kept, STANDARD_ERROR) == STANDARD_ERROR) {
                int ignored = (int) close.invokeExact((int) kept);
            }
        } catch (Throwable e) {
            // The filter goes on passing everything on; only its delay and its one line are lost.
            System.getLogger(StandardStreams.class.getName())
                    .log(System.Logger.Level.DEBUG, "standard error stays behind the launcher's filter", e);
        } finally {
            // A process started with this one's flags has no such descriptor, or another one of that number.
            System.clearProperty(KEPT);
        }
    }
}
