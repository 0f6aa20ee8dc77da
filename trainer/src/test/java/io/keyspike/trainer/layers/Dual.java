package io.keyspike.trainer.layers;

/** A number with its derivative in one direction: forward-mode differentiation in double precision. */
record Dual(double v, double d) {
    static Dual of(double v) {
        return new Dual(v, 0);
    }

    Dual plus(Dual o) {
        return new Dual(v + o.v, d + o.d);
    }

    Dual minus(Dual o) {
        return new Dual(v - o.v, d - o.d);
    }

    Dual times(Dual o) {
        return new Dual(v * o.v, v * o.d + d * o.v);
    }

    Dual times(double c) {
        return new Dual(v * c, d * c);
    }

    Dual dividedBy(Dual o) {
        return new Dual(v / o.v, (d * o.v - v * o.d) / (o.v * o.v));
    }

    Dual sqrt() {
        double root = Math.sqrt(v);
        return new Dual(root, d / (2 * root));
    }

    Dual exp() {
        double e = Math.exp(v);
        return new Dual(e, e * d);
    }

    Dual log() {
        return new Dual(Math.log(v), d / v);
    }

    Dual sigmoid() {
        double s = 1 / (1 + Math.exp(-v));
        return new Dual(s, s * (1 - s) * d);
    }

    /** A spike where {@code v} is above 0, or not below it; its derivative is the fast sigmoid's. */
    Dual spike(double slope, boolean atThreshold) {
        boolean fires = atThreshold ? v >= 0 : v > 0;
        double root = 1 + slope * Math.abs(v);
        return new Dual(fires ? 1 : 0, d / (root * root));
    }

    /** A spike that rises smoothly from 0 to 1, with the derivative that {@link #spike} has. */
    Dual smoothSpike(double slope) {
        double root = 1 + slope * Math.abs(v);
        return new Dual(0.5 + v / root, d / (root * root));
    }

    Dual detached() {
        return new Dual(v, 0);
    }
}
