package io.keyspike.app.cli.doctor;

import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;

/** The checks of {@code doctor} on the machine and the JVM. */
final class MachineChecks {

    private static final int REQUIRED_JAVA = 25;
    private static final long COMFORTABLE_HEAP_MIB = 512;
    private static final AudioFormat MICROPHONE_FORMAT = new AudioFormat(16_000, 16, 1, true, false);

    private final Map<String, String> environment;

    MachineChecks(Map<String, String> environment) {
        this.environment = environment;
    }

    Diagnosis java() {
        String found = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        return Runtime.version().feature() >= REQUIRED_JAVA
                ? Diagnosis.ok("Java", found)
                : Diagnosis.missing("Java", found, "install a JDK " + REQUIRED_JAVA + " and set JAVA_HOME to it");
    }

    Diagnosis vectorApi() {
        String subject = "Vector API";
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Diagnosis.warning(
                    subject,
                    "not loaded; using the slower scalar kernels",
                    "start with ./keyspike, or pass @jvm.flags to java");
        }
        if (!Backends.vectorAvailable()) {
            return Diagnosis.warning(subject, "disabled", "remove -D" + Backends.VECTOR_PROPERTY + "=false to use it");
        }
        String lanes = Backends.lanes() + " floats per vector";
        return KernelSelfTest.agrees("vector")
                ? Diagnosis.ok(subject, lanes + ", bit-identical to the scalar kernels")
                : Diagnosis.missing(
                        subject,
                        lanes + ", but results differ from the scalar kernels",
                        "please report this processor and JDK; until this is fixed, pass -D" + Backends.VECTOR_PROPERTY
                                + "=false");
    }

    Diagnosis machine() {
        Runtime runtime = Runtime.getRuntime();
        long heapMib = runtime.maxMemory() >> 20;
        String found = runtime.availableProcessors() + " cores, " + heapMib + " MiB of memory for Java, "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return heapMib >= COMFORTABLE_HEAP_MIB
                ? Diagnosis.ok("machine", found)
                : Diagnosis.warning("machine", found, "set KEYSPIKE_OPTS=-Xmx1g for the broker and for training");
    }

    Diagnosis microphone() {
        var info = new DataLine.Info(TargetDataLine.class, MICROPHONE_FORMAT);
        var names = new ArrayList<String>();
        for (Mixer.Info mixer : AudioSystem.getMixerInfo()) {
            if (AudioSystem.getMixer(mixer).isLineSupported(info)) {
                names.add(mixer.getName());
            }
        }
        return names.isEmpty()
                ? Diagnosis.warning(
                        "microphone",
                        "none that Java Sound can record 16 kHz mono with",
                        "connect one; on Linux with PulseAudio or PipeWire, install the ALSA plugin (Debian: apt-get"
                                + " install pulseaudio libasound2-plugins). Files need none: keyspike listen --file")
                : Diagnosis.ok("microphone", String.join(", ", names));
    }

    /** The devices that TornadoVM finds, and whether the first one is bit-identical to the scalar kernels. */
    Diagnosis gpu() {
        String subject = "GPU";
        String sdk = environment.get("TORNADOVM_HOME");
        if (sdk == null || sdk.isBlank()) {
            return Diagnosis.warning(
                    subject,
                    "no TornadoVM: TORNADOVM_HOME is not set; using the CPU",
                    "only needed to train on a GPU (docs/tornadovm.md)");
        }
        if (!Files.isRegularFile(Path.of(sdk, "tornado-argfile"))) {
            return Diagnosis.warning(
                    subject,
                    "no TornadoVM: TORNADOVM_HOME is " + sdk + ", which has no tornado-argfile; using the CPU",
                    "set it to a TornadoVM SDK, or unset it");
        }
        try {
            String devices = "TornadoVM devices: " + String.join(", ", Devices.names());
            return KernelSelfTest.agrees(Devices.TORNADO)
                    ? Diagnosis.ok(subject, devices + "; bit-identical to the scalar kernels")
                    : Diagnosis.warning(
                            subject,
                            devices + "; but results differ from the scalar kernels",
                            "do not train on it; please report the device and its driver");
        } catch (DeviceMissingException e) {
            return Diagnosis.warning(
                    subject, "cannot use the TornadoVM at " + sdk + ": " + e.getMessage(), "see docs/tornadovm.md");
        }
    }

    /** The data set, which only {@code train} and {@code evaluate} need. */
    Diagnosis recordings() {
        var looked = new ArrayList<Path>();
        for (Path folder : dataFolders()) {
            Path recordings = folder.resolve("speech-commands");
            if (Files.isRegularFile(recordings.resolve("testing_list.txt"))) {
                return Diagnosis.ok("recordings", recordings.toString());
            }
            looked.add(recordings);
        }
        return Diagnosis.warning(
                "recordings",
                "no Speech Commands data set in " + looked,
                "only needed to train or evaluate: unpack the data set and set KEYSPIKE_DATA to the parent folder of"
                        + " speech-commands, or pass --data");
    }

    private List<Path> dataFolders() {
        String configured = environment.get("KEYSPIKE_DATA");
        if (configured != null && !configured.isBlank()) {
            return List.of(Path.of(configured));
        }
        Path home = Path.of(System.getProperty("keyspike.home", "")).toAbsolutePath();
        return List.of(home.resolve("data"), home.resolve("../shared/data").normalize());
    }
}
