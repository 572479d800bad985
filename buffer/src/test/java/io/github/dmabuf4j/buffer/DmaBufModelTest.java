package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random uses of a buffer, right and wrong ones, against a model that only counts. */
@Timeout(60)
class DmaBufModelTest {
    private static final int SEEDS = 100;
    private static final int STEPS = 300;

    private record Mapping(DmaAttachment attachment, DmaTable table, DmaDirection direction) {}

    /** One buffer, and what a plain count says of it. */
    private static final class Run {
        private final Random random;
        private final Pages pages = new RevokingBacking().give(8192, "model");
        private final FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 8192));
        private final FakeDevice device = new FakeDevice("modelled", false);
        private final RecordingMaintenance caches = new RecordingMaintenance();
        private final List<DmaBuf> handles = new ArrayList<>();
        private final List<AutoCloseable> leases = new ArrayList<>();
        private final List<DmaAttachment> attachments = new ArrayList<>();
        private final List<Mapping> mappings = new ArrayList<>();
        private final List<DmaAttachment> pins = new ArrayList<>();

        Run(long seed) {
            random = new Random(seed);
            exporter.maintenance = caches;
            handles.add(DmaBuf.export(exporter));
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private <T> T take(List<T> from) {
            return from.remove(random.nextInt(from.size()));
        }

        private DmaDirection anyDirection() {
            return DmaDirection.values()[random.nextInt(3)];
        }

        void go() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                step(random.nextInt(16));
                check();
            }
            while (!allEmpty()) {
                end();
                check();
            }
        }

        private void step(int what) throws Exception {
            if (handles.isEmpty() && what < 6) {
                return;
            }
            switch (what) {
                case 0 -> handles.add(any(handles).dup());
                case 1, 2 ->
                    leases.add(any(handles)
                            .beginCpuAccess(AccessMode.values()[random.nextInt(3)], AccessScope.ANY_THREAD));
                case 3 -> leases.add(any(handles).rawView(AccessMode.READ, random.nextInt(100), 100));
                case 4 -> attachments.add(any(handles).attach(device));
                case 5 -> attachments.add(any(handles).attach(device, new ImporterCallbacks(false, null)));
                case 6, 7, 8 -> map();
                case 9 -> pin();
                case 10, 11 -> mistakes();
                default -> end();
            }
        }

        private void map() throws Exception {
            if (!attachments.isEmpty()) {
                DmaAttachment attachment = any(attachments);
                DmaDirection direction = anyDirection();
                mappings.add(new Mapping(attachment, attachment.map(direction), direction));
            }
        }

        private void pin() throws Exception {
            if (!attachments.isEmpty() && any(attachments) instanceof DmaAttachment chosen && chosen.isDynamic()) {
                chosen.pin();
                pins.add(chosen);
            }
        }

        /** Each is refused, and changes nothing. */
        private void mistakes() {
            if (!mappings.isEmpty()) {
                Mapping mapping = any(mappings);
                DmaDirection other = anyDirection();
                if (other != mapping.direction()) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> mapping.attachment().unmap(mapping.table(), other));
                }
                DmaAttachment stranger = any(attachments);
                if (stranger != mapping.attachment()) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> stranger.unmap(mapping.table(), mapping.direction()));
                }
            }
            attachments.stream()
                    .filter(attachment -> !pins.contains(attachment))
                    .forEach(attachment -> assertThatIllegalStateException().isThrownBy(attachment::unpin));
            if (!handles.isEmpty()) {
                DmaBuf handle = any(handles);
                assertThatIllegalArgumentException().isThrownBy(() -> handle.rawView(AccessMode.READ, 8000, 193));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> handle.beginCpuAccess(AccessMode.READ, AccessScope.CONFINED, -1, 1));
            }
        }

        /** Ends something, in any order. */
        private void end() throws Exception {
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (!handles.isEmpty()) {
                        DmaBuf handle = take(handles);
                        handle.close();
                        handle.close();
                        assertThatExceptionOfType(BufferClosedException.class).isThrownBy(handle::dup);
                    }
                }
                case 1 -> {
                    if (!leases.isEmpty()) {
                        AutoCloseable lease = take(leases);
                        lease.close();
                        lease.close();
                    }
                }
                case 2 -> {
                    if (!mappings.isEmpty()) {
                        Mapping mapping = take(mappings);
                        mapping.attachment().unmap(mapping.table(), mapping.direction());
                    }
                }
                case 3 -> {
                    if (!pins.isEmpty()) {
                        take(pins).unpin();
                    }
                }
                default -> {
                    if (!attachments.isEmpty()) {
                        DmaAttachment attachment = any(attachments);
                        boolean used = mappings.stream().anyMatch(mapping -> mapping.attachment() == attachment)
                                || pins.contains(attachment);
                        if (!used) {
                            attachments.remove(attachment);
                            attachment.close();
                        }
                    }
                }
            }
        }

        private boolean allEmpty() {
            return handles.isEmpty() && leases.isEmpty() && attachments.isEmpty();
        }

        private void check() {
            assertThat(device.mapped).hasSize(mappings.size());
            boolean staticMapped =
                    mappings.stream().anyMatch(mapping -> !mapping.attachment().isDynamic());
            assertThat(exporter.link().isPinned()).isEqualTo(staticMapped || !pins.isEmpty());
            assertThat(exporter.released).hasSize(allEmpty() ? 1 : 0);
            long id = exporter.link().id();
            List<Keeper> keepers = BufferRegistry.buffers().stream()
                    .filter(info -> info.id() == id)
                    .flatMap(info -> info.keepers().stream())
                    .toList();
            Map<Keeper.Kind, Integer> found = new EnumMap<>(Keeper.Kind.class);
            keepers.forEach(keeper -> found.merge(keeper.kind(), keeper.count(), Integer::sum));
            Map<Keeper.Kind, Integer> wanted = new EnumMap<>(Keeper.Kind.class);
            int views = (int) leases.stream().filter(RawView.class::isInstance).count();
            wanted.put(Keeper.Kind.HANDLE, handles.size());
            wanted.put(Keeper.Kind.RAW_VIEW, views);
            wanted.put(Keeper.Kind.CPU_ACCESS, leases.size() - views);
            wanted.put(Keeper.Kind.ATTACHMENT, attachments.size());
            wanted.put(Keeper.Kind.MAPPING, mappings.size());
            wanted.put(Keeper.Kind.PIN, pins.size());
            wanted.values().removeIf(count -> count == 0);
            assertThat(found).isEqualTo(wanted);
        }

        void checkEnd() {
            assertThat(exporter.asked.stream().filter("pin"::equals).count())
                    .isEqualTo(exporter.asked.stream().filter("unpin"::equals).count());
            assertThat(exporter.asked.stream().filter("vmap"::equals).count())
                    .isEqualTo(exporter.asked.stream().filter("vunmap"::equals).count());
            assertThat(exporter.asked.stream().filter(call -> call.startsWith("begin")))
                    .hasSameSizeAs(exporter.asked.stream()
                            .filter(call -> call.startsWith("end"))
                            .toList());
        }
    }

    @Test
    void theCountsOfAnyHistoryAreExact() throws Exception {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed);
            try {
                run.go();
                run.checkEnd();
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed, failed);
            }
        }
    }
}
