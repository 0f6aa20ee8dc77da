package io.keyspike.app.cli.sound;

import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.CutOffException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;

/** Recordings of a command that could not be read, or not to their end: each costs itself alone, and the exit code. */
public final class SoundFailures {
    private final Consumer<String> remarks;
    private int count;
    private boolean missing;
    private boolean denied;

    /** @param remarks told one sentence for each */
    public SoundFailures(Consumer<String> remarks) {
        this.remarks = remarks;
    }

    /** Notes one that could not be opened. */
    public void skipped(IOException failure) {
        count++;
        missing |= failure instanceof NoSuchFileException;
        denied |= failure instanceof AccessDeniedException;
        remarks.accept("keyspike: " + Printable.line(reason(failure)));
    }

    /**
     * A source that ends where another one fails.
     *
     * @param source closed with this one
     */
    public AudioSource upToDamage(AudioSource source) {
        return new UpToDamage(source);
    }

    /** {@return an exit code of a command that went well apart from these; a file that is not there counts most} */
    public int exitCode() {
        if (count == 0) {
            return ExitCode.OK;
        }
        return missing ? ExitCode.USAGE : denied ? ExitCode.ENVIRONMENT : ExitCode.FAILED;
    }

    /** One sentence that names the file. */
    public static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> "no such file: " + e.getMessage();
            case AccessDeniedException e ->
                e.getMessage() + ": expected a file that may be read, found one that may not";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private final class UpToDamage implements AudioSource {
        private final AudioSource source;

        private UpToDamage(AudioSource source) {
            this.source = source;
        }

        @Override
        public int sampleRateHz() {
            return source.sampleRateHz();
        }

        @Override
        public String description() {
            return source.description();
        }

        @Override
        public int read(short[] buffer, int offset, int length) {
            try {
                return source.read(buffer, offset, length);
            } catch (IOException e) {
                count++;
                remarks.accept("keyspike: " + Printable.line(reason(e))
                        + (e instanceof CutOffException
                                ? " (cut off); taken to its last sample"
                                : "; taken up to there"));
                return -1;
            }
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
