package io.keyspike.trainer.data;

/** A file that could not be used. */
public record SkippedFile(String name, String reason) {}
