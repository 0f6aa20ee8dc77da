package io.keyspike.voices.install;

/** Is told how far an installation has come. */
@FunctionalInterface
public interface InstallProgress {

    /**
     * Some more is done.
     *
     * @param what what is being done, such as {@code downloading kokoro-js}
     * @param done bytes done so far
     * @param total bytes in all; 0 where that is not known
     */
    void advanced(String what, long done, long total);
}
