package io.keyspike.trainer.parallel;

import io.keyspike.trainer.loop.Crew;
import io.keyspike.trainer.loop.ExchangeCost;
import io.keyspike.trainer.loop.TrainingListener;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a training, reached by gRPC. Each batch's groups are dealt out in order, in proportion to the threads of each
 * process; this one has the first. Weights go out with every batch and nothing is kept elsewhere, so a worker may be lost at any
 * time: the leading process does at once what it failed to deliver, and the groups of the next batch go to those that are left.
 */
public final class WorkerCrew implements Crew, AutoCloseable {

    private final List<Member> members = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();
    private final int ownThreads;
    private final Duration patience;
    private final TrainingListener listener;
    private long number;
    private long batches;
    private int processes;
    private long sendingNanos;
    private long waitingNanos;
    private long bytesSent;
    private long bytesReceived;

    /**
     * Where the workers are.
     *
     * @param localProcesses on this machine, this one included
     * @param remote the others
     * @param token of the remote ones; null for none
     * @param backend of local workers
     * @param threads of this machine, which the processes on it share
     * @param patience for a worker that this process waits for after its own part
     */
    public record Plan(
            int localProcesses,
            List<HostAndPort> remote,
            @Nullable String token,
            String backend,
            int threads,
            Duration patience) {
        public Plan {
            remote = List.copyOf(remote);
            if (localProcesses < 1) {
                throw new IllegalArgumentException(
                        "workers: expected at least 1 process here, found " + localProcesses);
            }
        }

        int threadsOf(int process) {
            return Math.max(1, (threads + localProcesses - 1 - process) / localProcesses);
        }
    }

    private static final class Member {
        final String name;
        final WorkerLink link;
        final @Nullable LocalWorker process;
        int threads = 1;

        Member(String name, WorkerLink link, @Nullable LocalWorker process) {
            this.name = name;
            this.link = link;
            this.process = process;
        }

        void end() {
            link.close();
            if (process != null) {
                process.close();
            }
        }
    }

    /** Groups of the batch at hand, and whose they are. */
    private record Share(Member member, Groups groups) {}

    private WorkerCrew(Plan plan, TrainingListener listener) {
        this.listener = listener;
        patience = plan.patience();
        ownThreads = plan.threadsOf(0);
    }

    /**
     * Starts the local workers and greets all.
     *
     * @throws IOException with one sentence that names the worker, if one does not start, cannot be reached, or refuses
     */
    public static WorkerCrew open(Plan plan, TrainingListener listener) throws IOException {
        var crew = new WorkerCrew(plan, listener);
        var started = new ArrayList<LocalWorker>();
        try {
            for (int p = 1; p < plan.localProcesses(); p++) {
                started.add(LocalWorker.start(plan.backend(), plan.threadsOf(p)));
            }
            for (LocalWorker worker : started) {
                crew.members.add(new Member("process " + worker.pid(), worker.connect(), worker));
            }
            for (HostAndPort address : plan.remote()) {
                crew.members.add(new Member(
                        "worker " + address, new WorkerLink(address.host(), address.port(), plan.token()), null));
            }
            crew.greet();
            return crew;
        } catch (IOException | RuntimeException e) {
            crew.close();
            started.forEach(LocalWorker::close);
            throw e;
        }
    }

    private void greet() throws IOException {
        for (Member m : members) {
            m.link.send(Messages.hello(Wire.platform()));
        }
        var names = new ArrayList<String>();
        names.add("this process with " + threads(ownThreads));
        for (Member m : members) {
            try {
                m.threads = Messages.readWelcome(m.link.receive(patience, patience));
                names.add(m.name + " with " + threads(m.threads));
            } catch (WorkerLostException e) {
                throw new IOException(m.name + ": " + e.reason(), e);
            } catch (IllegalArgumentException | BufferUnderflowException e) {
                throw new IOException(m.name + ": expected a worker of this program, found something else", e);
            }
        }
        listener.sharedWith(names);
    }

    private static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    @Override
    public int ownThreads() {
        return ownThreads;
    }

    @Override
    public void prepare(Setup setup) {
        byte[] message = Messages.setup(setup);
        for (Member m : List.copyOf(members)) {
            attempt(m, () -> m.link.send(message));
        }
        for (Member m : List.copyOf(members)) {
            attempt(m, () -> Messages.readReady(m.link.receive(patience, patience)));
        }
    }

    /** Does something with a worker; one with whom it does not go well is left out from then on. @return whether it went well */
    private boolean attempt(Member member, Runnable what) {
        try {
            what.run();
            return true;
        } catch (WorkerLostException e) {
            lose(member, e.reason());
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            lose(member, "it sent what cannot be read: " + e.getMessage());
        } catch (IllegalStateException e) {
            lose(member, "the connection has ended");
        }
        return false;
    }

    private void lose(Member member, String reason) {
        String end = member.process == null ? null : member.process.end();
        members.remove(member);
        member.end();
        listener.workerLost(member.name, end == null ? reason : end, 1 + members.size());
    }

    @Override
    public int deal(SharedBatch batch) {
        long start = System.nanoTime();
        int groups = batch.network().groups(batch.pass());
        int total = ownThreads + members.stream().mapToInt(m -> m.threads).sum();
        int dealt = ownThreads;
        int own = groups * dealt / total;
        int from = own;
        number++;
        byte[] weights = members.isEmpty() ? new byte[0] : Messages.weights(batch);
        shares.clear();
        for (Member m : List.copyOf(members)) {
            dealt += m.threads;
            int to = groups * dealt / total;
            if (to > from) {
                var share = new Share(m, new Groups(from, to));
                shares.add(share);
                attempt(m, () -> send(share, weights, batch));
            }
            from = to;
        }
        processes = 1 + shares.size();
        sendingNanos += System.nanoTime() - start;
        batches++;
        return own;
    }

    @Override
    public List<Groups> collect(SharedBatch batch) {
        long start = System.nanoTime();
        var missing = new ArrayList<Groups>();
        for (Share share : shares) {
            boolean there = members.contains(share.member());
            if (!there || !attempt(share.member(), () -> receive(share, batch, start))) {
                missing.add(share.groups());
            }
        }
        waitingNanos += System.nanoTime() - start;
        return missing;
    }

    private void send(Share share, byte[] weights, SharedBatch batch) {
        byte[] samples = Messages.batch(number, batch, share.groups());
        share.member().link.send(weights);
        share.member().link.send(samples);
        bytesSent += weights.length + samples.length;
    }

    private void receive(Share share, SharedBatch batch, long since) {
        byte[] message = share.member().link.receive(patience.minusNanos(System.nanoTime() - since), patience);
        if (Messages.number(message) != number) {
            throw new IllegalArgumentException("expected batch " + number + ", found " + Messages.number(message));
        }
        Messages.readGradients(message, batch, share.groups());
        bytesReceived += message.length;
    }

    @Override
    public ExchangeCost cost() {
        var cost = new ExchangeCost(
                batches, processes, sendingNanos * 1e-9, waitingNanos * 1e-9, bytesSent, bytesReceived);
        batches = 0;
        sendingNanos = 0;
        waitingNanos = 0;
        bytesSent = 0;
        bytesReceived = 0;
        return cost;
    }

    /** Lets the workers go; local ones end. */
    @Override
    public void close() {
        for (Member m : members) {
            m.link.finish();
            m.end();
        }
        members.clear();
    }
}
