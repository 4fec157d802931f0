package sallyport.gateway.ssh;

/**
 * How much CPU time a kind of work may take: it refills steadily and may be overdrawn by the one piece of work that is under
 * way. Not thread-safe; times are nanoseconds of one monotonic clock.
 */
final class CpuBudget {
    private final int percent;
    private final long burstNanos;
    private long balanceNanos;
    private long last;

    /**
     * @param percent of one core
     * @param burstNanos what may gather while there is nothing to do
     */
    CpuBudget(int percent, long burstNanos, long now) {
        this.percent = percent;
        this.burstNanos = burstNanos;
        this.balanceNanos = burstNanos;
        this.last = now;
    }

    /** Nanoseconds until work may go on; 0 when it may now. */
    long waitNanos(long now) {
        refill(now);
        return balanceNanos > 0 ? 0 : (1 - balanceNanos) * 100 / percent + 1;
    }

    void spend(long nanos) {
        balanceNanos -= nanos;
    }

    /** The work was worth it: it counts no longer. */
    void refund(long nanos) {
        balanceNanos = Math.min(burstNanos, balanceNanos + nanos);
    }

    private void refill(long now) {
        long gained = (now - last) * percent / 100;
        if (gained > 0) {
            balanceNanos = Math.min(burstNanos, balanceNanos + gained);
            last = now;
        }
    }
}
