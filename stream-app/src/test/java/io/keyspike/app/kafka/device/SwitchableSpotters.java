package io.keyspike.app.kafka.device;

import io.keyspike.models.spotter.KeywordSpotter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several models, one of them in use. */
public final class SwitchableSpotters implements SpotterProvider {

    private final List<KeywordSpotter> all;
    private volatile KeywordSpotter current;
    private volatile @Nullable KeywordSpotter shadow;

    public SwitchableSpotters(KeywordSpotter... all) {
        this.all = List.of(all);
        this.current = all[0];
    }

    void shadow(@Nullable KeywordSpotter spotter) {
        shadow = spotter;
    }

    @Override
    public @Nullable KeywordSpotter shadow() {
        return shadow;
    }

    public void use(KeywordSpotter spotter) {
        current = spotter;
    }

    @Override
    public KeywordSpotter current() {
        return current;
    }

    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        return all.stream()
                .filter(s -> s.model().version().equals(version))
                .findFirst()
                .orElse(null);
    }
}
