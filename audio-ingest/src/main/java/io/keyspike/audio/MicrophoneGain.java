package io.keyspike.audio;

import java.util.Locale;
import java.util.Objects;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.BooleanControl;
import javax.sound.sampled.CompoundControl;
import javax.sound.sampled.Control;
import javax.sound.sampled.FloatControl;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.Port;
import org.jspecify.annotations.Nullable;

/**
 * The gain of a recording device, from the line itself or, as most drivers have it, from the input port of the same device
 * (in Java Sound a mixer of its own, named {@code Port NAME}).
 */
final class MicrophoneGain {

    private MicrophoneGain() {}

    /** For people: {@code gain 6.0 dB}, {@code gain 63 %}, {@code muted}, or that it is unknown. */
    static String of(Line line, Mixer.Info device) {
        try {
            String found = in(line.getControls());
            return found != null ? found : Objects.requireNonNullElse(ofPort(device), "gain unknown");
        } catch (RuntimeException e) {
            return "gain unknown"; // a driver that cannot tell must not keep the microphone from being used
        }
    }

    private static @Nullable String ofPort(Mixer.Info device) {
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if (info.getName().startsWith("Port ")
                    && stem(info.getName().substring("Port ".length())).equals(stem(device.getName()))) {
                Mixer mixer = AudioSystem.getMixer(info);
                for (Line.Info each : mixer.getSourceLineInfo()) {
                    if (each instanceof Port.Info) {
                        try (Line port = mixer.getLine(each)) {
                            port.open();
                            String found = in(port.getControls());
                            if (found != null) {
                                return found;
                            }
                        } catch (LineUnavailableException e) {
                            // held by another program: the next one, if there is any
                        }
                    }
                }
            }
        }
        return null;
    }

    /** A name without the driver's address: {@code PCH [plughw:0,0]} and {@code PCH [hw:0]} are one device. */
    private static String stem(String name) {
        int bracket = name.indexOf(" [");
        return bracket < 0 ? name : name.substring(0, bracket);
    }

    private static @Nullable String in(Control[] controls) {
        String gain = null;
        for (Control control : controls) {
            String found = null;
            if (control instanceof CompoundControl compound) {
                found = in(compound.getMemberControls());
            } else if (control instanceof BooleanControl mute
                    && mute.getType().equals(BooleanControl.Type.MUTE)
                    && mute.getValue()) {
                return "muted";
            } else if (control instanceof FloatControl number
                    && number.getType().equals(FloatControl.Type.MASTER_GAIN)) {
                found = String.format(Locale.ROOT, "gain %.1f dB", number.getValue());
            } else if (control instanceof FloatControl number
                    && number.getType().equals(FloatControl.Type.VOLUME)) {
                float range = number.getMaximum() - number.getMinimum();
                found = String.format(
                        Locale.ROOT, "gain %.0f %%", 100 * (number.getValue() - number.getMinimum()) / range);
            }
            if ("muted".equals(found)) {
                return found;
            }
            gain = gain == null ? found : gain;
        }
        return gain;
    }
}
