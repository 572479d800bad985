package io.github.dmabuf4j.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.domain.wire.XbpError;
import org.junit.jupiter.api.Test;

class ObjectTableTest {
    private static final int EPOCH = 0x1234_5678;

    private static XbpError refusal(ObjectTable<String> table, long id) {
        try {
            table.put(id, "x");
            throw new AssertionError(ObjectTable.describe(id) + " was accepted");
        } catch (Refusal refusal) {
            return refusal.error();
        }
    }

    @Test
    void anIdHasThreeParts() {
        long id = BufferId.of(EPOCH, 0xABCDEF, 0xFEDCBA);
        assertThat(BufferId.epoch(id)).isEqualTo(0x5678);
        assertThat(BufferId.slot(id)).isEqualTo(0xABCDEF);
        assertThat(BufferId.generation(id)).isEqualTo(0xFEDCBA);
        assertThatThrownBy(() -> BufferId.of(EPOCH, 1 << 24, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BufferId.of(EPOCH, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anOldIdNeverFindsANewObject() throws Refusal {
        ObjectTable<String> table = new ObjectTable<>(EPOCH, 2);
        long first = table.add("first");
        table.remove(first);
        long second = table.add("second");
        assertThat(BufferId.slot(second)).isEqualTo(BufferId.slot(first));
        assertThat(table.find(first)).isNull();
        assertThat(table.require(second)).isEqualTo("second");
        assertThatThrownBy(() -> table.require(first))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.error()).isEqualTo(XbpError.NOBUF));
    }

    @Test
    void aSlotWhoseGenerationsAreUsedUpIsBurnt() throws Refusal {
        ObjectTable<String> table = new ObjectTable<>(EPOCH, 1);
        long last = BufferId.of(EPOCH, 0, BufferId.MAX_GENERATION);
        table.put(last, "last");
        table.remove(last);
        assertThatThrownBy(() -> table.add("one more"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("burnt");
    }

    @Test
    void foreignIdsAreChecked() throws Refusal {
        ObjectTable<String> table = new ObjectTable<>(EPOCH, 4);
        assertThat(refusal(table, BufferId.of(EPOCH + 1, 0, 1))).isEqualTo(XbpError.STALE_EPOCH);
        assertThat(refusal(table, BufferId.of(EPOCH, 4, 1))).isEqualTo(XbpError.QUOTA);
        assertThat(refusal(table, BufferId.of(EPOCH, 0, 1) - 1)).isEqualTo(XbpError.BADSTATE);
        table.put(BufferId.of(EPOCH, 3, 7), "seven");
        assertThat(refusal(table, BufferId.of(EPOCH, 3, 8))).isEqualTo(XbpError.BADSTATE);
        table.remove(BufferId.of(EPOCH, 3, 7));
        assertThat(refusal(table, BufferId.of(EPOCH, 3, 7))).isEqualTo(XbpError.BADSTATE);
        table.put(BufferId.of(EPOCH, 3, 8), "eight");
        assertThat(table.find(BufferId.of(EPOCH, 3, 8))).isEqualTo("eight");
        assertThat(table.find(-1)).isNull();
        assertThat(table.find(0)).isNull();
    }
}
