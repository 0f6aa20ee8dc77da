package io.keyspike.trainer.common;

/** Told how far long work is; called from any thread, one at a time. */
@FunctionalInterface
public interface Progress {
    /** Says nothing. */
    Progress NONE = (what, done, total) -> {};

    /** @param what such as {@code "reading"} */
    void advanced(String what, long done, long total);
}
