package io.keyspike.app.cli.doctor;

/**
 * One line of {@code doctor}.
 *
 * @param subject what was looked at
 * @param finding what is there
 * @param todo what to do about it; empty where nothing needs doing
 */
record Diagnosis(String subject, Verdict verdict, String finding, String todo) {

    /** OK; something that only some commands need is missing; nothing works without it. */
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
