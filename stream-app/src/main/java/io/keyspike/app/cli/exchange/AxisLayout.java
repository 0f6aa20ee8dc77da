package io.keyspike.app.cli.exchange;

import io.keyspike.models.arrays.NumberArray;
import java.util.ArrayList;
import java.util.List;

/** In which order the axes of an array of sequences come: batch, time, then those of one step. */
enum AxisLayout {
    BTN,
    TBN,
    TN;

    /** Sequences taken apart: {@code [B][T · size]}. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Sequences(double[][] values, int steps, List<Integer> stepShape) {}

    /** @throws IllegalArgumentException if the array has too few axes */
    Sequences sequences(NumberArray array) {
        int leading = name().length() - 1;
        List<Integer> shape = array.shape();
        if (shape.size() <= leading) {
            throw new IllegalArgumentException("expected axes " + this + ", found an array of shape " + shape);
        }
        List<Integer> stepShape = shape.subList(leading, shape.size());
        int size = NumberArray.size(stepShape);
        int batch = this == TN ? 1 : shape.get(name().indexOf('B'));
        int steps = shape.get(name().indexOf('T'));
        double[][] values = new double[batch][steps * size];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(array.values(), row(b, t, batch, steps) * size, values[b], t * size, size);
            }
        }
        return new Sequences(values, steps, stepShape);
    }

    /** Puts sequences together, as float32. */
    NumberArray array(double[][] sequences, int steps, List<Integer> stepShape) {
        int batch = sequences.length;
        int size = NumberArray.size(stepShape);
        double[] values = new double[Math.multiplyExact(Math.multiplyExact(batch, steps), size)];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(sequences[b], t * size, values, row(b, t, batch, steps) * size, size);
            }
        }
        var shape = new ArrayList<Integer>();
        switch (this) {
            case BTN -> shape.addAll(List.of(batch, steps));
            case TBN -> shape.addAll(List.of(steps, batch));
            case TN -> shape.add(steps);
        }
        shape.addAll(stepShape);
        return NumberArray.float32(shape, values);
    }

    private int row(int b, int t, int batch, int steps) {
        return this == TBN ? t * batch + b : b * steps + t;
    }
}
