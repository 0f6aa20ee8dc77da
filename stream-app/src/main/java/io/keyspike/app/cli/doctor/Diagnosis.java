package io.keyspike.app.cli.doctor;

/**
 * The result of one check of {@code doctor}.
 *
 * @param subject what was checked
 * @param finding what was found
 * @param todo how to fix it; empty if there is nothing to fix
 */
record Diagnosis(String subject, Verdict verdict, String finding, String todo) {

    /** {@code WARNING}: only some commands need what is missing. {@code MISSING}: nothing works without it. */
    enum Verdict {
        OK,
        WARNING,
        MISSING
    }

    static Diagnosis ok(String subject, String finding) {
        return new Diagnosis(subject, Verdict.OK, finding, "");
    }

    static Diagnosis warning(String subject, String finding, String todo) {
        return new Diagnosis(subject, Verdict.WARNING, finding, todo);
    }

    static Diagnosis missing(String subject, String finding, String todo) {
        return new Diagnosis(subject, Verdict.MISSING, finding, todo);
    }
}
