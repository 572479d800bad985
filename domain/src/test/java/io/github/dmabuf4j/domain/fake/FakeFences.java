package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.UserFence;

/** Fences for points of fake timelines: completed by whoever rings the page's bell. */
final class FakeFences {
    private FakeFences() {}

    static DmaFence fence(FakePage page, FakePage.Eye eye, String name, long point) {
        UserFence fence = FenceContext.create("fake", name).newFence(point);
        Runnable look = new Runnable() {
            @Override
            public void run() {
                PointStatus status = eye.look(point);
                if (status != PointStatus.PENDING) {
                    if (!page.listeners.remove(this)) {
                        return; // somebody else was first
                    }
                    Errno why = eye.why();
                    if (status == PointStatus.FAILED && why != null) {
                        fence.fail(why);
                    } else {
                        fence.signal();
                    }
                }
            }
        };
        page.listeners.add(look);
        look.run();
        return fence;
    }
}
