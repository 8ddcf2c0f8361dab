package io.fenghuo.bench;

import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.TrafficEvent;
import java.util.Iterator;
import org.apache.avro.specific.SpecificRecord;

/**
 * The same events with so many times the values in the dimensions that figures are cut by and
 * nothing else asks for: source, campaign, endpoint, province.
 */
final class Wider implements Iterator<SpecificRecord> {

  private final Iterator<? extends SpecificRecord> events;
  private final int times;
  private int turn;

  Wider(Iterator<? extends SpecificRecord> events, int times) {
    this.events = events;
    this.times = times;
  }

  @Override
  public boolean hasNext() {
    return events.hasNext();
  }

  @Override
  public SpecificRecord next() {
    SpecificRecord event = events.next();
    turn = (turn + 1) % times;
    if (event instanceof TrafficEvent traffic) {
      traffic.setSource(wider(traffic.getSource()));
      traffic.setCampaign(wider(traffic.getCampaign()));
      traffic.setEndpoint(wider(traffic.getEndpoint()));
    } else if (event instanceof OrderEvent order) {
      order.setProvince(wider(order.getProvince()));
      order.setCampaign(wider(order.getCampaign()));
    }
    return event;
  }

  private String wider(String value) {
    return value == null || turn == 0 ? value : value + '-' + turn;
  }
}
