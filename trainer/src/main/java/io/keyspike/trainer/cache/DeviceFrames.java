package io.keyspike.trainer.cache;

/**
 * Keeps frames on the device that trains, for {@link CacheMode#DEVICE}. A backend with a device provides it as a service
 * ({@link java.util.ServiceLoader}); without one that way is refused.
 */
public interface DeviceFrames {

    /** Whether its device is there. */
    boolean available();

    /**
     * Copies all frames to the device, where they stay until the result is no longer reachable.
     *
     * @return the same frames, read from the device; a backend that trains there recognises its own class and never takes
     *     them back
     */
    FrameSource load(FrameSource frames);
}
