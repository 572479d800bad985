package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.Pages;
import java.util.HashSet;
import java.util.Set;

/** Maintenance as it should not be. */
final class Mistakes {
    /** Nothing is ever done; pages are zeroed all the same. */
    static final CacheMaintenance NONE = new CacheMaintenance() {
        @Override
        public void clean(Pages pages, long offset, long length) {}

        @Override
        public void invalidate(Pages pages, long offset, long length) {}

        @Override
        public void drain() {}

        @Override
        public long becomeUncached(Pages run) {
            return 0;
        }

        @Override
        public void leaveUncached(Pages run) {}
    };

    private Mistakes() {}

    /** Nothing is ever done. */
    static CacheMaintenance nothing(Scene scene, CacheMaintenance right) {
        return NONE;
    }

    /** Maintenance is right: it is the program that makes the mistake. */
    static CacheMaintenance ofTheProgram(Scene scene, CacheMaintenance right) {
        return right;
    }

    /** A range ends one line before its end. */
    static CacheMaintenance oneLineTooFew(Scene scene, CacheMaintenance right) {
        int line = scene.machine().config().lineSize();
        return new Changed(right) {
            @Override
            public void clean(Pages pages, long offset, long length) {
                if (length > line) {
                    right.clean(pages, offset, length - line);
                }
            }

            @Override
            public void invalidate(Pages pages, long offset, long length) {
                if (length > line) {
                    right.invalidate(pages, offset, length - line);
                }
            }

            @Override
            public void flush(Pages pages, long offset, long length) {
                if (length > line) {
                    right.flush(pages, offset, length - line);
                }
            }

            @Override
            public long becomeUncached(Pages run) {
                flush(run, 0, run.size());
                return run.size() - line;
            }
        };
    }

    /** Pages are zeroed through the kernel's cached mapping of all memory, whatever their own mapping is. */
    static CacheMaintenance zeroThroughTheCache(Scene scene, CacheMaintenance right) {
        return new Changed(right) {
            @Override
            public void zero(Pages run) {
                scene.machine().alias(run, Caching.CACHED).zero();
            }
        };
    }

    /** Believes that a line that was dropped once stays away. */
    static CacheMaintenance invalidateOnce(Scene scene, CacheMaintenance right) {
        Set<Long> done = new HashSet<>();
        return new Changed(right) {
            @Override
            public void invalidate(Pages pages, long offset, long length) {
                if (done.add(scene.machine().physical(pages, offset))) {
                    right.invalidate(pages, offset, length);
                }
            }

            @Override
            public void flush(Pages pages, long offset, long length) {
                clean(pages, offset, length);
                invalidate(pages, offset, length);
            }
        };
    }

    /** Right but for what is overridden. */
    private static class Changed implements CacheMaintenance {
        private final CacheMaintenance right;

        Changed(CacheMaintenance right) {
            this.right = right;
        }

        @Override
        public void clean(Pages pages, long offset, long length) {
            right.clean(pages, offset, length);
        }

        @Override
        public void invalidate(Pages pages, long offset, long length) {
            right.invalidate(pages, offset, length);
        }

        @Override
        public void flush(Pages pages, long offset, long length) {
            right.flush(pages, offset, length);
        }

        @Override
        public void drain() {
            right.drain();
        }
    }
}
