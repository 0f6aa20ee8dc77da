package io.keyspike.testing;

import java.lang.reflect.Proxy;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.FloatControl;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import javax.sound.sampled.spi.MixerProvider;

/** Lists the {@link FakeMicrophone}s of a test before the machine's own; none until a test plugs some in. */
public final class FakeMicrophones extends MixerProvider {

    private static volatile List<FakeMicrophone> plugged = List.of();

    /** Called by Java Sound. */
    public FakeMicrophones() {}

    /**
     * Replaces the microphones.
     *
     * @param microphones in the order in which they are listed; none to leave the machine as it is
     */
    public static void plug(FakeMicrophone... microphones) {
        plugged = List.of(microphones);
    }

    @Override
    public Mixer.Info[] getMixerInfo() {
        return plugged.stream()
                .filter(FakeMicrophone::isListed)
                .map(each -> each.info)
                .toArray(Mixer.Info[]::new);
    }

    @Override
    public boolean isMixerSupported(Mixer.Info info) {
        return plugged.stream().anyMatch(each -> each.info.equals(info));
    }

    @Override
    public Mixer getMixer(Mixer.Info info) {
        FakeMicrophone device = plugged.stream()
                .filter(each -> each.info.equals(info))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such mixer: " + info));
        return (Mixer) Proxy.newProxyInstance(
                FakeMicrophones.class.getClassLoader(),
                new Class<?>[] {Mixer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMixerInfo" -> device.info;
                    case "isLineSupported" -> device.supports((Line.Info) arguments[0]);
                    case "getTargetLineInfo" ->
                        new Line.Info[] {new DataLine.Info(TargetDataLine.class, device.format)};
                    case "getSourceLineInfo" -> new Line.Info[0];
                    case "getLine" -> {
                        if (device.has(FakeMicrophone.Fault.GONE)) {
                            throw new IllegalArgumentException("Line unsupported: " + arguments[0]);
                        }
                        yield line(device);
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static TargetDataLine line(FakeMicrophone device) {
        FakeMicrophone.Recording recording = device.record();
        FloatControl gain = device.gain();
        return (TargetDataLine) Proxy.newProxyInstance(
                FakeMicrophones.class.getClassLoader(),
                new Class<?>[] {TargetDataLine.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "open" -> {
                        device.check((AudioFormat) arguments[0]);
                        yield null;
                    }
                    case "read" -> recording.read((byte[]) arguments[0], (int) arguments[1], (int) arguments[2]);
                    case "getFormat" -> device.format;
                    case "getBufferSize" -> 1 << 20;
                    case "available" -> 0;
                    case "getControls" -> gain == null ? new Control[0] : new Control[] {gain};
                    case "close" -> {
                        recording.close();
                        yield null;
                    }
                    case "start", "stop" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
