package io.keyspike.models.description;

import io.keyspike.audio.features.ClipLogMel;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.LogMelSpec.MelScale;

/** What a model's network is fed with; travels inside the model file. Only {@link Sound} can come as a stream. */
public sealed interface ModelInput {

    /** {@return the values per step: the network's input width} */
    int width();

    /** {@return the seconds between two steps: the network's time step} */
    double stepSeconds();

    /** {@return words to follow "a model for": {@code "images of 28 x 28 pixels"}} */
    String describe();

    /**
     * A stream of audio.
     *
     * @param features what is made of the audio, a frame of [width] values at every step
     */
    record Sound(FeatureSpec features) implements ModelInput {
        @Override
        public int width() {
            return features.width();
        }

        @Override
        public double stepSeconds() {
            return features.stepSeconds();
        }

        @Override
        public String describe() {
            return "audio at " + features.sampleRateHz() + " Hz";
        }
    }

    /**
     * The log-mel image of a whole clip, scaled by the clip's own minimum and maximum ({@link ClipLogMel}). These are not
     * known before the clip is over, so it cannot come as a stream.
     *
     * @param spectrum window, transform, hop and bands; without normaliser, context and stride
     * @param padding what the windows at the ends of a clip see beyond it
     * @param frames of every clip: cut, or filled with zeros at the end
     */
    record ClipSpectrogram(LogMelSpec spectrum, ClipLogMel.Padding padding, int frames) implements ModelInput {

        /**
         * Checks that frames are single, logarithmic and normalised by the clip alone, and how many there are.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public ClipSpectrogram {
            if (spectrum.normaliser() != null || spectrum.contextFrames() != 1 || spectrum.strideFrames() != 1) {
                throw new IllegalArgumentException("clip log-mel: expected single frames normalised by the clip alone,"
                        + " found a normaliser, a context of " + spectrum.contextFrames() + " or a stride of "
                        + spectrum.strideFrames());
            }
            if (spectrum.pcen() != null) {
                throw new IllegalArgumentException("clip log-mel: expected the logarithm, found pcen");
            }
            if (frames < 1 || frames > LogMelSpec.MAXIMUM_WIDTH) {
                throw new IllegalArgumentException(
                        "clip log-mel: expected frames from 1 to " + LogMelSpec.MAXIMUM_WIDTH + ", found " + frames);
            }
        }

        /**
         * The features of the comPaSSo tutorial, as torchaudio makes them: 32 HTK bands without area normalisation up to
         * 8 kHz, transform of 512, hop of 160, 128 frames, the clip mirrored at its ends.
         *
         * @return an input of 32 bands at 16 kHz
         */
        public static ClipSpectrogram standard() {
            var spectrum = new LogMelSpec(16_000, 512, 512, 160, 32, 0, 8_000, MelScale.HTK, false, 1, 1, 1, null);
            return new ClipSpectrogram(spectrum, ClipLogMel.Padding.REFLECT, 128);
        }

        /** {@return a new extractor that makes these images of clips} */
        public ClipLogMel extractor() {
            return new ClipLogMel(spectrum, padding, frames);
        }

        @Override
        public int width() {
            return spectrum.bands();
        }

        @Override
        public double stepSeconds() {
            return spectrum.stepSeconds();
        }

        @Override
        public String describe() {
            return "whole clips of audio at " + spectrum.sampleRateHz() + " Hz, not for a stream";
        }
    }

    /**
     * Frames of events, such as the spikes of an artificial ear: units brought together, late events cut off, the rest
     * counted in windows that begin with the first event.
     *
     * @param units channels of the sensor
     * @param channels to which they are brought together
     * @param windowMicros length of a frame, the network's time step
     * @param cropMicros events after it are left out
     */
    record EventFrames(int units, int channels, int windowMicros, int cropMicros) implements ModelInput {
        private static final int MOST_UNITS = 1 << 20;
        private static final int MOST_FRAMES = 1 << 16;
        private static final double MICROS_PER_SECOND = 1e6;

        /**
         * Checks the ranges; at most 65536 frames may fit into the crop.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public EventFrames {
            checkRange("units", units, MOST_UNITS);
            checkRange("channels", channels, units);
            checkRange("window", windowMicros, 1_000_000);
            checkRange("crop", cropMicros, Integer.MAX_VALUE);
            if ((long) windowMicros * MOST_FRAMES < cropMicros) {
                throw new IllegalArgumentException("events: expected at most " + MOST_FRAMES
                        + " frames, found windows of " + windowMicros + " us in " + cropMicros + " us");
            }
        }

        /**
         * The first second of SHD and SSC as Lenz's tutorial on fast training has it: 100 of 700 channels, 250 frames.
         *
         * @return an input of frames of 4 ms
         */
        public static EventFrames standard() {
            return new EventFrames(700, 100, 4_000, 1_000_000);
        }

        /** {@return the frames of every sample; where the events end sooner, the last ones are empty} */
        public int frames() {
            return (cropMicros + windowMicros - 1) / windowMicros;
        }

        @Override
        public int width() {
            return channels;
        }

        @Override
        public double stepSeconds() {
            return windowMicros / MICROS_PER_SECOND;
        }

        @Override
        public String describe() {
            return "events of " + units + " units";
        }

        private static void checkRange(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(
                        "events: expected " + name + " from 1 to " + most + ", found " + value);
            }
        }
    }

    /**
     * Grey images; the same image, pixels from 0 to 1 in rows from the top, is the input of every step.
     *
     * @param rows pixels from top to bottom
     * @param columns pixels from left to right
     * @param steps how long the network sees an image
     * @param stepSeconds the network's time step, which gives time constants their meaning
     */
    record Image(int rows, int columns, int steps, double stepSeconds) implements ModelInput {
        private static final int LARGEST_SIDE = 4_096;
        private static final int MOST_STEPS = 1 << 16;

        /**
         * Checks the ranges: sides up to 4096 pixels, up to 65536 steps, a time step above 0 and up to 1 s.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public Image {
            checkRange("rows", rows, LARGEST_SIDE);
            checkRange("columns", columns, LARGEST_SIDE);
            checkRange("steps", steps, MOST_STEPS);
            if (!(stepSeconds > 0 && stepSeconds <= 1)) {
                throw new IllegalArgumentException(
                        "image: expected a time step above 0 and up to 1 s, found " + stepSeconds);
            }
        }

        /**
         * 28 x 28 pixels over 25 steps of 1 ms: the digits of MNIST as the tutorial of snnTorch shows them.
         *
         * @return an input of 784 pixels
         */
        public static Image standard() {
            return new Image(28, 28, 25, 1e-3);
        }

        @Override
        public int width() {
            return rows * columns;
        }

        @Override
        public String describe() {
            return "images of " + rows + " x " + columns + " pixels";
        }

        private static void checkRange(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(
                        "image: expected " + name + " from 1 to " + most + ", found " + value);
            }
        }
    }
}
