package io.github.dmabuf4j.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices: ports, addresses, faults, memory of their own. */
@Timeout(60)
class MachineDeviceTest {
    private final Machine machine = new Machine(MachineConfig.small(1).withChances(0, 0));
    private final MachineBacking backing = machine.backing();

    private static SgTable table(Pages pages) {
        return SgTable.builder(Long.MAX_VALUE, 4096)
                .add(new SgEntry.Memory(pages, 0, pages.size()))
                .build();
    }

    private Pages clean(long size) throws IOException {
        Pages pages = backing.give(size, "pages");
        machine.maintenance().becomeUncached(pages);
        return pages;
    }

    @Test
    void aDevicePastTheCacheSeesMemoryAndChangesNoLine() throws IOException {
        Pages pages = clean(4096);
        MachineDevice device = machine.device("camera", Port.NON_COHERENT);
        assertThat(device.coherent()).isFalse();
        DmaTable dma = device.map(table(pages), DmaDirection.BIDIRECTIONAL);
        machine.cpu(0).store(pages, 0, (byte) 1);
        assertThat(device.read(dma, 0, 1)).containsExactly(0);
        device.write(dma, 1, (byte) 2);
        assertThat(machine.cpu(0).load(pages, 0, 2)).containsExactly(1, 0);
        machine.maintenance().clean(pages, 0, 2);
        assertThat(device.read(dma, 0, 2))
                .as("the line wins over what the device wrote")
                .containsExactly(1, 0);
    }

    @Test
    void aCoherentPortLooksIntoTheCache() throws IOException {
        Pages pages = clean(4096);
        MachineDevice device = machine.device("camera", Port.COHERENT);
        assertThat(device.coherent()).isTrue();
        DmaTable dma = device.map(table(pages), DmaDirection.BIDIRECTIONAL);
        machine.cpu(0).store(pages, 0, (byte) 1);
        assertThat(device.read(dma, 0, 1)).containsExactly(1);
        machine.cpu(0).store(pages, 0, (byte) 3);
        device.write(dma, 1, (byte) 2);
        assertThat(machine.lineState(pages, 0)).isEqualTo(LineState.ABSENT);
        assertThat(machine.cpu(0).load(pages, 0, 2)).containsExactly(3, 2);
        machine.cpu(1).store(machine.alias(pages, Caching.WRITE_COMBINED), 64, (byte) 4);
        assertThat(device.read(dma, 64, 1)).as("stores that were gathered").containsExactly(4);
    }

    @Test
    void anIommuMakesOneRangeOfManyPieces() throws IOException {
        Pages first = clean(8192);
        clean(4096);
        Pages second = clean(4096);
        SgTable pieces = SgTable.builder(Long.MAX_VALUE, 4096)
                .add(new SgEntry.Memory(second, 0, 4096))
                .add(new SgEntry.Memory(first, 0, 8192))
                .build();
        MachineDevice translated = machine.translatedDevice("encoder", Port.NON_COHERENT);
        DmaTable one = translated.map(pieces, DmaDirection.FROM_DEVICE);
        assertThat(one.segments()).isEqualTo(1);
        assertThat(one.domain()).isSameAs(translated.domain());
        translated.write(one, 4094, new byte[] {1, 2, 3, 4});
        assertThat(machine.memory(second, 4094, 2)).containsExactly(1, 2);
        assertThat(machine.memory(first, 0, 2)).containsExactly(3, 4);
        MachineDevice direct = machine.device("sensor", Port.NON_COHERENT);
        DmaTable two = direct.map(pieces, DmaDirection.TO_DEVICE);
        assertThat(two.segments()).isEqualTo(2);
        assertThat(direct.read(two, 4094, 4)).containsExactly(1, 2, 3, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> direct.read(one, 0, 1));
    }

    @Test
    void piecesInsidePagesKeepTheirPlace() throws IOException {
        Pages run = clean(3 * 4096);
        SgTable pieces = SgTable.builder(Long.MAX_VALUE, 4096)
                .add(new SgEntry.Memory(run, 4000, 200))
                .add(new SgEntry.Memory(run, 8200, 8))
                .build();
        for (MachineDevice device : new MachineDevice[] {
            machine.translatedDevice("encoder", Port.NON_COHERENT), machine.device("sensor", Port.NON_COHERENT)
        }) {
            DmaTable dma = device.map(pieces, DmaDirection.BIDIRECTIONAL);
            assertThat(dma.segments()).isEqualTo(2);
            device.write(dma, 199, (byte) 1, (byte) 2);
            assertThat(machine.memory(run, 4199, 1)).containsExactly(1);
            assertThat(machine.memory(run, 8200, 1)).containsExactly(2);
            run.zero();
            machine.maintenance().becomeUncached(run);
            assertThatThrownBy(() -> device.read(dma, 200, 9)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void anIommuFaultsWhatIsNotMapped() throws IOException {
        Pages pages = clean(4096);
        MachineDevice device = machine.translatedDevice("encoder", Port.NON_COHERENT);
        DmaTable toDevice = device.map(table(pages), DmaDirection.TO_DEVICE);
        assertThatExceptionOfType(DeviceFaultException.class)
                .isThrownBy(() -> device.write(toDevice, 0, (byte) 1))
                .withMessageContaining("encoder cannot write")
                .withMessageContaining("mapped TO_DEVICE")
                .satisfies(fault -> {
                    assertThat(fault.write()).isTrue();
                    assertThat(fault.address().value()).isEqualTo(toDevice.address(0));
                    assertThat(fault.address().domain()).isSameAs(device.domain());
                });
        device.unmap(toDevice, DmaDirection.TO_DEVICE);
        assertThatExceptionOfType(DeviceFaultException.class)
                .isThrownBy(() -> device.read(toDevice, 0, 1))
                .withMessageContaining("nothing is mapped");
        assertThat(machine.memory(pages, 0, 1)).containsExactly(0);
        DmaTable again = device.map(table(pages), DmaDirection.FROM_DEVICE);
        assertThatExceptionOfType(DeviceFaultException.class).isThrownBy(() -> device.read(again, 0, 1));
    }

    @Test
    void addressesAreFoundInGapsAgain() throws IOException {
        MachineDevice device = machine.translatedDevice("encoder", Port.NON_COHERENT);
        SgTable three = table(clean(3 * 4096));
        SgTable one = table(clean(4096));
        DmaTable first = device.map(three, DmaDirection.TO_DEVICE);
        DmaTable second = device.map(one, DmaDirection.TO_DEVICE);
        assertThat(second.address(0)).isEqualTo(first.address(0) + 3 * 4096);
        device.unmap(first, DmaDirection.TO_DEVICE);
        DmaTable third = device.map(one, DmaDirection.TO_DEVICE);
        DmaTable fourth = device.map(three, DmaDirection.TO_DEVICE);
        assertThat(third.address(0)).isEqualTo(first.address(0));
        assertThat(fourth.address(0)).isEqualTo(second.address(0) + 4096);
        assertThat(device.mappings()).isEqualTo(3);
    }

    @Test
    void aMappingEndsOnceAndAsItBegan() throws IOException {
        MachineDevice device = machine.device("sensor", Port.NON_COHERENT);
        DmaTable dma = device.map(table(clean(4096)), DmaDirection.FROM_DEVICE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> device.unmap(dma, DmaDirection.TO_DEVICE))
                .withMessageContaining("was mapped FROM_DEVICE");
        device.unmap(dma, DmaDirection.FROM_DEVICE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> device.unmap(dma, DmaDirection.FROM_DEVICE))
                .withMessageContaining("not mapped");
        assertThat(device.mappings()).isZero();
    }

    @Test
    void memoryOfADeviceIsReachedByThoseWhoCan() throws IOException {
        MachineDevice gpu = machine.translatedDevice("gpu", Port.NON_COHERENT);
        SgTable bare =
                SgTable.builder(Long.MAX_VALUE, 4096).add(gpu.addMemory(8192)).build();
        MachineDevice display = machine.device("display", Port.NON_COHERENT);
        assertThatThrownBy(() -> display.map(bare, DmaDirection.TO_DEVICE)).isInstanceOf(BareAddressException.class);
        display.reachPeers();
        MachineDevice camera = machine.translatedDevice("camera", Port.COHERENT).reachPeers();
        DmaTable written = camera.map(bare, DmaDirection.FROM_DEVICE);
        camera.write(written, 4094, new byte[] {1, 2, 3, 4});
        DmaTable shown = display.map(bare, DmaDirection.TO_DEVICE);
        assertThat(display.read(shown, 4094, 4)).containsExactly(1, 2, 3, 4);
        DmaTable own = gpu.map(bare, DmaDirection.BIDIRECTIONAL);
        assertThat(gpu.read(own, 4094, 4)).containsExactly(1, 2, 3, 4);
        assertThatThrownBy(() -> bare.copyTo(MemorySegment.ofArray(new byte[1]), 0))
                .isInstanceOf(BareAddressException.class);
        assertThatThrownBy(() -> gpu.addMemory(1)).isInstanceOf(IllegalStateException.class);
        MachineDevice elsewhere = new Machine(MachineConfig.small(1))
                .device("elsewhere", Port.COHERENT)
                .reachPeers();
        assertThatThrownBy(() -> elsewhere.map(bare, DmaDirection.TO_DEVICE)).isInstanceOf(BareAddressException.class);
    }
}
