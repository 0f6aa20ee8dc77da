package io.keyspike.trainer.features;

import io.keyspike.trainer.cache.FrameSource;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.IdxImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Images, each a single frame; kept as bytes, a quarter of the floats. */
final class ImageFrames implements FrameSource {
    private final IdxImages[] files;
    private final int[] items;
    private final int width;

    /**
     * @param pixels of an image
     * @throws IOException if a file cannot be read any more
     */
    ImageFrames(List<Clip> clips, int pixels) throws IOException {
        Map<Path, IdxImages> opened = new HashMap<>();
        files = new IdxImages[clips.size()];
        items = new int[clips.size()];
        width = pixels;
        for (int i = 0; i < items.length; i++) {
            Path file = clips.get(i).file();
            IdxImages images = opened.get(file);
            if (images == null) {
                images = IdxImages.read(file);
                opened.put(file, images);
            }
            files[i] = images;
            items[i] = clips.get(i).item();
        }
    }

    @Override
    public int clips() {
        return items.length;
    }

    @Override
    public int frames() {
        return 1;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
        if (count > 0) {
            files[clip].read(items[clip], to, toOffset);
        }
    }
}
