package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.provenance.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubsetChoiceTest {
  private record Tag(int stratum, long rank) {}

  @Test
  void theValidationSplitIsTenPercentAndAtMostTenThousand() {
    assertThat(SubsetChoice.validationSize(60_000, 0.1)).isEqualTo(6_000);
    assertThat(SubsetChoice.validationSize(1_000_000, 0.1)).isEqualTo(10_000);
    assertThat(SubsetChoice.validationSize(1, 1.0)).isZero();
  }

  @Test
  void quotasFollowTheSizesOfTheStrata() {
    assertThat(SubsetChoice.quotas(6_000, 6_000, 54_000)).containsExactly(600, 5_400);
    assertThat(SubsetChoice.quotas(10, 1, 1, 1, 97)).containsExactly(0, 0, 0, 10);
    assertThat(SubsetChoice.quotas(2, 1, 1, 1)).containsExactly(1, 1, 0);
    assertThat(SubsetChoice.quotas(5, 1, 2)).containsExactly(1, 2);
    assertThat(SubsetChoice.quotas(0, 7)).containsExactly(0);
  }

  @Test
  void theSmallestRanksOfEachStratumAreChosen() {
    List<Tag> tags = tags(5_000, 3);
    long[] quotas = {100, 0, 2_000};
    SubsetChoice choice = ranks(quotas, tags).choice();

    for (int stratum = 0; stratum < 3; stratum++) {
      int wanted = stratum;
      List<Long> sorted =
          tags.stream().filter(t -> t.stratum() == wanted).map(Tag::rank).sorted().toList();
      long chosen = sorted.stream().filter(rank -> choice.takes(wanted, rank, 0)).count();
      assertThat(chosen).isEqualTo(Math.min(quotas[stratum], sorted.size()));
      assertThat(sorted.subList(0, (int) chosen)).allMatch(rank -> choice.takes(wanted, rank, 0));
    }
  }

  @Test
  void mergingInAnyOrderGivesWhatOnePassGives() {
    long[] quotas = {50, 70, 90};
    List<Tag> tags = tags(2_000, 3);
    byte[] whole = ranks(quotas, tags).toBytes();
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      List<Tag> shuffled = new ArrayList<>(tags);
      Collections.shuffle(shuffled, random);
      int cut = random.nextInt(tags.size() + 1);
      StratumRanks first = ranks(quotas, shuffled.subList(0, cut));
      StratumRanks second = ranks(quotas, shuffled.subList(cut, tags.size()));
      first.merge(StratumRanks.ofBytes(quotas, second.toBytes()));
      first.merge(new StratumRanks(quotas));
      assertThat(first.toBytes()).isEqualTo(whole);
    }
  }

  @Test
  void ofEqualSamplesAsManyAreChosenAsTheQuotaLeaves() {
    StratumRanks ranks = new StratumRanks(3);
    for (long rank : new long[] {9, 5, 5, 5, 5, 1}) {
      ranks.add(0, rank);
    }
    SubsetChoice choice = ranks.choice();
    SampleTags tags = new SampleTags();
    for (long rank : new long[] {9, 5, 5, 5, 5, 1}) {
      tags.add(0, rank, 0);
    }
    List<Long> chosen = new ArrayList<>();
    SampleTags.visit(
        tags.toBytes(),
        (stratum, rank, occurrence, tokens) -> {
          if (choice.takes(stratum, rank, occurrence)) {
            chosen.add(rank);
          }
        });
    assertThat(chosen).containsExactly(5L, 5L, 1L);
    assertThat(SubsetChoice.nothing(1).takes(0, Long.MIN_VALUE, 0)).isFalse();
  }

  @Test
  void ranksDependOnSeedAndKeyAlone() {
    List<Sample> samples = Samples.of(2);
    SampleKey a = SampleKey.of(Samples.SCHEMA, samples.get(0));
    SampleKey b = SampleKey.of(Samples.SCHEMA, samples.get(1));
    Set<Long> ranks = new HashSet<>();
    for (int seed = 0; seed < 3; seed++) {
      ranks.add(a.rank(new Seed(seed)));
      ranks.add(b.rank(new Seed(seed)));
    }
    assertThat(ranks).hasSize(6);
    assertThat(SampleKey.ofBytes(a.toBytes()).rank(new Seed(1))).isEqualTo(a.rank(new Seed(1)));
  }

  private static List<Tag> tags(int count, int strata) {
    Random random = new Random(3);
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tags.add(new Tag(random.nextInt(strata), random.nextLong()));
    }
    return tags;
  }

  private static StratumRanks ranks(long[] quotas, List<Tag> tags) {
    StratumRanks ranks = new StratumRanks(quotas);
    tags.forEach(tag -> ranks.add(tag.stratum(), tag.rank()));
    return ranks;
  }
}
