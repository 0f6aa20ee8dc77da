package io.keyspike.kernels.internal.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * One kernel call with its sizes, compiled for the device once, with arrays of its own: TornadoVM binds a compiled graph to
 * arrays, so the caller's are copied into them and out of them.
 */
final class DeviceProgram {

    private final TornadoExecutionPlan plan;
    private final List<float[]> inputs;
    private final List<float[]> outputs;

    private DeviceProgram(TornadoExecutionPlan plan, List<float[]> inputs, List<float[]> outputs) {
        this.plan = plan;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** Arrays of a program, declared before its tasks. */
    static final class Arrangement {
        private final List<float[]> inputs = new ArrayList<>();
        private final List<float[]> outputs = new ArrayList<>();
        private final List<float[]> scratch = new ArrayList<>();

        /** Goes to the device with every call; the next of the caller's inputs. */
        float[] input(int size) {
            return added(inputs, new float[size]);
        }

        /** Comes back with every call; the next of the caller's outputs. */
        float[] output(int size) {
            return added(outputs, added(scratch, new float[size]));
        }

        /** Both. */
        float[] updated(int size) {
            return added(outputs, input(size));
        }

        /** Stays on the device; holds what the last call left. */
        float[] scratch(int size) {
            return added(scratch, new float[size]);
        }

        private static float[] added(List<float[]> list, float[] array) {
            list.add(array);
            return array;
        }
    }

    /**
     * Compiles.
     *
     * @param name of the graph, unique
     * @param tasks adds the kernels to a graph that has the transfers in
     */
    static DeviceProgram of(String name, BiFunction<Arrangement, GraphStart, TaskGraph> tasks) {
        var arrangement = new Arrangement();
        TaskGraph graph = tasks.apply(arrangement, () -> {
            var start = new TaskGraph(name);
            if (!arrangement.scratch.isEmpty()) {
                start.transferToDevice(DataTransferMode.FIRST_EXECUTION, arrangement.scratch.toArray());
            }
            if (!arrangement.inputs.isEmpty()) {
                start.transferToDevice(DataTransferMode.EVERY_EXECUTION, arrangement.inputs.toArray());
            }
            return start;
        });
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, arrangement.outputs.toArray());
        return new DeviceProgram(new TornadoExecutionPlan(graph.snapshot()), arrangement.inputs, arrangement.outputs);
    }

    /** Makes the graph, once all arrays are declared. */
    interface GraphStart {
        TaskGraph graph();
    }

    /**
     * Runs.
     *
     * @param from the caller's inputs in the order of their declaration, at least as long
     * @param to the caller's outputs in the order of their declaration, at least as long
     */
    void run(float[][] from, float[][] to) {
        for (int i = 0; i < inputs.size(); i++) {
            System.arraycopy(from[i], 0, inputs.get(i), 0, inputs.get(i).length);
        }
        plan.execute();
        for (int i = 0; i < outputs.size(); i++) {
            System.arraycopy(outputs.get(i), 0, to[i], 0, outputs.get(i).length);
        }
    }

    /** Gives the device's memory back. */
    void free() {
        try {
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("device: could not give memory back", e);
        }
    }
}
