package io.keyspike.app.cli;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.audio.NoMicrophoneException;
import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.voices.EngineMissingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a failure means to a user: one sentence and an exit code, the same for the same fault in whichever command it happens.
 *
 * @param exitCode one of {@link ExitCode}
 * @param sentence on one line
 */
record Failures(int exitCode, String sentence) {

    private static final String SEE_TRACE = " (--verbose prints the stack trace)";

    /** What went wrong. */
    static Failures of(Throwable thrown) {
        Throwable failure =
                thrown instanceof UncheckedIOException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return new Failures(exitCodeOf(failure), sentenceOf(failure));
    }

    private static int exitCodeOf(Throwable failure) {
        if (failure instanceof CommandException expected) {
            return expected.exitCode();
        }
        if (failure instanceof NoSuchFileException
                || failure instanceof FileNotFoundException
                || failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || failure instanceof DirectoryNotEmptyException) {
            return ExitCode.USAGE;
        }
        boolean environment = failure instanceof BrokerException
                || failure instanceof DeviceMissingException
                || failure instanceof EngineMissingException
                || failure instanceof NoMicrophoneException
                || failure instanceof AccessDeniedException
                || isCausedBy(failure, BindException.class)
                || isDiskFull(failure);
        return environment ? ExitCode.ENVIRONMENT : ExitCode.FAILED;
    }

    private static String sentenceOf(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof NoSuchFileException missing) {
            return "no such file: " + missing.getFile();
        }
        if (failure instanceof NotDirectoryException file) {
            return file.getFile() + ": expected a folder, found a file";
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": access denied; check the permissions";
        }
        if (failure instanceof FileAlreadyExistsException taken && taken.getReason() == null) {
            return taken.getFile() + ": expected a folder or a name that is free, found a file";
        }
        if (failure instanceof DirectoryNotEmptyException full) {
            return full.getFile() + ": expected a file to write, found a folder";
        }
        if (failure instanceof FileSystemException other && other.getReason() != null) {
            String to = other.getOtherFile() == null ? "" : " -> " + other.getOtherFile();
            return other.getFile() + to + ": " + lowerCase(other.getReason());
        }
        if (message == null || message.isBlank()) {
            return "unexpected " + failure.getClass().getSimpleName() + SEE_TRACE;
        }
        String oneLine = message.strip().replaceAll("\\s*\\R\\s*", " ");
        boolean ours = failure instanceof CommandException
                || failure instanceof BrokerException
                || failure instanceof DeviceMissingException
                || failure instanceof EngineMissingException
                || failure instanceof IOException
                || failure instanceof IllegalArgumentException;
        return ours ? oneLine : failure.getClass().getSimpleName() + ": " + oneLine + SEE_TRACE;
    }

    /** Whether a disk has no room left, or a user's share of it; Java has no class for it. */
    static boolean isDiskFull(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t instanceof IOException ? t.getMessage() : null;
            if (message != null
                    && (message.contains("No space left on device")
                            || message.contains("Disk quota exceeded")
                            || message.contains("not enough space"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCausedBy(@Nullable Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static String lowerCase(String reason) {
        return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
    }
}
