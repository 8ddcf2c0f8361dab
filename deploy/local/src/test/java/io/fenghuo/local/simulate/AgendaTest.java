package io.fenghuo.local.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class AgendaTest {

  private static final long START = 1_762_790_400_000L;

  @Test
  void takesActorsInOrderOfTimeFromMillisecondsToMonths() {
    Agenda agenda = new Agenda(START);
    PriorityQueue<Long> expected = new PriorityQueue<>();
    Dice dice = new Dice(1);
    for (int i = 0; i < 20_000; i++) {
      long at = START + (dice.next() >>> (24 + dice.below(40)));
      agenda.schedule(new Idle(), at);
      expected.add(at);
    }
    for (int i = 0; i < 60_000; i++) {
      Actor actor = agenda.take();
      assertThat(actor.at).isEqualTo(expected.poll()).isEqualTo(agenda.now());
      long at = actor.at + (dice.next() >>> (30 + dice.below(34)));
      agenda.schedule(actor, at);
      expected.add(at);
    }
  }

  @Test
  void keepsTheOrderOfActorsDueAtTheSameMillisecond() {
    Agenda agenda = new Agenda(START);
    Actor first = new Idle();
    Actor second = new Idle();
    Actor third = new Idle();
    agenda.schedule(first, START + 70_000);
    agenda.schedule(second, START + 70_000);
    agenda.schedule(third, START + 70_000);

    assertThat(agenda.take()).isSameAs(first);
    assertThat(agenda.take()).isSameAs(second);
    assertThat(agenda.take()).isSameAs(third);
  }

  @Test
  void movesWhatIsLateToNow() {
    Agenda agenda = new Agenda(START);
    agenda.schedule(new Idle(), START - 5);

    assertThat(agenda.take().at).isEqualTo(START);
  }

  @Test
  void saysSoWhenNothingIsLeft() {
    Agenda agenda = new Agenda(START);

    assertThatThrownBy(agenda::take).hasMessageContaining("nothing is left");
  }

  private static final class Idle extends Actor {
    @Override
    void act(World world) {}
  }
}
