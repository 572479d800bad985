package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class LinuxFactsTest {
    @Test
    void everythingIsLookedAtAndTheIndispensableIsThere() {
        List<LinuxFacts.Fact> facts = LinuxFacts.probe();
        assertThat(facts)
                .extracting(LinuxFacts.Fact::name)
                .doesNotHaveDuplicates()
                .hasSize(11);
        assertThat(facts).allSatisfy(fact -> assertThat(fact.detail()).isNotBlank());
        assertThat(facts)
                .filteredOn(fact -> List.of("kernel", "memfd", "seals", "clock").contains(fact.name()))
                .allMatch(LinuxFacts.Fact::found)
                .hasSize(4);
    }
}
