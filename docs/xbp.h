/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XBP, the cross-domain buffer protocol: the bytes.
 *
 * This header is the truth; xbp.md explains it (its tables are generated from here) and a test compares every size,
 * offset and constant below with the Java side. It needs nothing but fixed-width integers, so that a kernel, a
 * firmware or a hypervisor can use it.
 *
 *  - Everything is little-endian; a big-endian machine swaps on access.
 *  - Every field lies at a multiple of its own size: there is no padding that is not named.
 *  - Reserved fields are zero when written and ignored when read.
 *  - A length, count, offset or index that comes from the peer is copied once, then checked, then used.
 */
#ifndef XBP_H
#define XBP_H

#if defined(__KERNEL__)
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

#if defined(__cplusplus)
#define XBP_ASSERT(condition, text) static_assert(condition, text)
#else
#define XBP_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define XBP_SIZE(type, size) XBP_ASSERT(sizeof(struct type) == (size), #type " must have " #size " bytes")

/* ---- Protocol and limits ------------------------------------------------------------------------------------- */

/* group: protocol */
#define XBP_MAGIC 0x31504258u /* "XBP1" in memory order: first word of HELLO */
#define XBP_VERSION 1 /* the protocol version this header describes */
#define XBP_MAX_MESSAGE 65536 /* header and body of one message, bytes */
#define XBP_MAX_FDS 253 /* descriptors with one message: what SCM_RIGHTS carries */
#define XBP_MAX_REFERENCES 253 /* references in one OFFER */
#define XBP_MAX_METADATA 32768 /* all metadata entries of one OFFER, bytes */
#define XBP_MAX_PLANES 4 /* planes of an image */
#define XBP_MAX_TEXT 512 /* a sentence for people, bytes of UTF-8 */
#define XBP_MAX_LINES 65536 /* lines of a sync page set: 4 MiB */
#define XBP_MAX_RING 4096 /* entries of a hand-over ring */
#define XBP_MAX_TIMELINES 8 /* timelines of a sync page set, and interest lines for one peer */
#define XBP_EXTENSION_TYPES 0x8000 /* unknown message types from here on are skipped; unknown ones below are BADMSG */

/* ---- Messages ------------------------------------------------------------------------------------------------ */

/* group: message type */
#define XBP_HELLO 0x01 /* who I am, what I can, where my sync page is; answered */
#define XBP_GOODBYE 0x05 /* I leave; what follows is as after my death, politely */
#define XBP_OFFER 0x21 /* exporter: here is a buffer; answered */
#define XBP_MAPPED 0x22 /* importer: I mapped it; the exporter counts a mapping */
#define XBP_UNMAPPED 0x23 /* importer: no mapping, use or local re-export is left of that mapping */
#define XBP_RETIRE 0x26 /* exporter: give it back; answered after the last UNMAPPED */
#define XBP_RELEASE 0x30 /* hand-over of a buffer, where no ring is shared */
#define XBP_EVENT 0x50 /* something the frontend wants to say */
#define XBP_ERROR 0x51 /* something about an object went wrong, unasked */

/* group: message flag */
#define XBP_FLAG_REPLY 1 /* the answer to the request of the same number */
#define XBP_FLAG_ERROR 2 /* the answer is a refusal: status is negative, the body is a text */
#define XBP_FLAG_MORE 4 /* a fragment follows; not used in version 1 and refused */
#define XBP_FLAG_URGENT 8 /* uses the room kept for the freeing path */

/* Before every message. */
struct xbp_header {
    uint32_t len;      /* header and body, bytes */
    uint16_t type;     /* message type */
    uint16_t flags;    /* message flags */
    uint32_t request;  /* number of the request, echoed in the answer; 0: wants no answer */
    uint32_t epoch;    /* the sender's incarnation, never 0, the same in every message of a session */
    uint64_t object;   /* id of the buffer the message is about, 0: none */
    int32_t status;    /* answers: 0 or an error code; else 0 */
    uint16_t credits;  /* rights to send that are granted; 0 in version 1 */
    uint16_t reserved; /* 0 */
};
XBP_SIZE(xbp_header, 32);

/* group: feature */
#define XBP_FEATURE_FD_PASSING 0x1 /* descriptors travel with messages */
#define XBP_FEATURE_TIMELINE_PAGE 0x2 /* fences live in shared sync pages */
#define XBP_FEATURE_HANDOVER_RING 0x4 /* hand-overs go through rings in the sync pages */
#define XBP_FEATURE_SHARED_READ 0x8 /* one buffer may be read by several importers at a time */
#define XBP_FEATURE_READ_ONLY 0x10 /* a buffer may be offered for reading only */

/* group: role */
#define XBP_ROLE_EXPORTER 1 /* offers buffers */
#define XBP_ROLE_IMPORTER 2 /* takes offers */

/* Where things are in the sender's sync page set; all in lines of 64 bytes. */
struct xbp_sync_geometry {
    uint32_t fd_index;       /* which descriptor of this message is the page set */
    uint32_t lines;          /* size of the page set */
    uint32_t first_timeline; /* line of timeline 0; the others follow */
    uint32_t timelines;      /* how many timelines, at least 1 */
    uint32_t ring_timeline;  /* number of the timeline that publishes the ring's entries */
    uint32_t ring_line;      /* line of the ring's entry slot 0 */
    uint32_t ring_entries;   /* slots of the ring, a power of two; 0: the sender hands nothing over */
    uint32_t interest_line;  /* where the sender keeps its interest in the receiver's timeline 0 */
    uint32_t interest_lines; /* how many of the receiver's timelines, from 0 on, the sender can wait for */
    uint32_t reserved;       /* 0 */
};
XBP_SIZE(xbp_sync_geometry, 40);

/* HELLO, question and answer. This layout is frozen for ever. */
struct xbp_hello {
    uint32_t magic;                /* XBP_MAGIC */
    uint16_t version_min;          /* oldest version the sender speaks */
    uint16_t version_max;          /* newest version the sender speaks */
    uint64_t features_offered;     /* what the sender can */
    uint64_t features_required;    /* what the sender insists on, a part of what it offers */
    uint32_t max_message;          /* longest message the sender takes, 1024 to 65536 */
    uint32_t max_buffers;          /* how many live offers the sender takes or makes */
    uint32_t max_timelines;        /* how many timelines of the peer the sender can use */
    uint32_t page_size;            /* the sender's page size, a power of two from 4096 on */
    uint64_t max_buffer_bytes;     /* how many bytes all live offers together may have */
    uint8_t nonce[16];             /* fresh random bits, for authentication where the transport has none */
    uint32_t roles;                /* what the sender will do in this session */
    uint32_t reserved;             /* 0 */
    struct xbp_sync_geometry sync; /* the sender's sync page set */
};
XBP_SIZE(xbp_hello, 112);

/* group: offer flag */
#define XBP_OFFER_IMPORTED 1 /* memory of somebody else: cannot be taken back by force */
#define XBP_OFFER_COHERENT 2 /* needs no cache maintenance */
#define XBP_OFFER_READ_ONLY 4 /* the importer may only read */
#define XBP_OFFER_PROTECTED 8 /* no CPU may touch it */
#define XBP_OFFER_SHARED_READ 16 /* other importers read the same frames */

/* group: reference kind */
#define XBP_REFERENCE_FD 1 /* struct xbp_fd_reference */

/* OFFER. The references follow, then the metadata entries. The answer has no body. */
struct xbp_offer {
    uint64_t size;              /* bytes of the buffer */
    uint32_t offset;            /* where the buffer begins in its first page */
    uint32_t flags;             /* offer flags */
    uint16_t reference_kind;    /* how the memory is named */
    uint16_t reference_count;   /* how many references, at least 1 */
    uint32_t max_mappings;      /* how often the importer may map it, at least 1 */
    uint32_t timeline;          /* the exporter's timeline of the first fence */
    uint32_t reserved;          /* 0 */
    uint64_t value;             /* the point of the first fence; 0: usable at once */
    uint8_t token[16];          /* to be echoed in MAPPED */
    uint32_t metadata_length;   /* bytes of metadata entries behind the references */
    uint32_t references_length; /* bytes of references behind this struct */
};
XBP_SIZE(xbp_offer, 64);

/* A piece of memory behind a descriptor. */
struct xbp_fd_reference {
    uint32_t fd_index; /* which descriptor of this message */
    uint32_t seals;    /* the seals the exporter says it has (F_SEAL_*); the importer looks for itself */
    uint64_t offset;   /* first byte of the piece, a multiple of the page size */
    uint64_t length;   /* bytes of the piece */
};
XBP_SIZE(xbp_fd_reference, 24);

/* MAPPED. */
struct xbp_mapped {
    uint8_t token[16]; /* the offer's */
};
XBP_SIZE(xbp_mapped, 16);

/* UNMAPPED has no body. */

/* RETIRE. The answer has no body. */
struct xbp_retire {
    uint32_t delay_ms; /* how long a new OFFER of the same id still cancels it */
    uint32_t reserved; /* 0 */
};
XBP_SIZE(xbp_retire, 8);

/* GOODBYE, ERROR and refusals. The text follows: UTF-8, no control characters, no terminating zero. */
struct xbp_text {
    int32_t code;         /* error code, 0: nothing is wrong */
    uint32_t text_length; /* bytes of text */
};
XBP_SIZE(xbp_text, 8);

/* group: event */
#define XBP_EVENT_STREAM_START 1 /* exporter: value is the ring sequence of the first frame meant for this importer */
#define XBP_EVENT_STREAM_DROP 2 /* exporter: frames from ring sequence value on are no longer meant for this importer */

/* EVENT. The data follow. Unknown events are skipped. */
struct xbp_event {
    uint32_t event;       /* which event */
    uint32_t data_length; /* bytes of data */
    uint64_t value;       /* what the event says it is */
};
XBP_SIZE(xbp_event, 16);

/* ---- Metadata ------------------------------------------------------------------------------------------------ */

/* group: metadata schema */
#define XBP_SCHEMA_IMAGE 1 /* struct xbp_image and its planes */
#define XBP_SCHEMA_BYTES 4 /* bytes that only the two applications understand */

/* Before every metadata entry. The value follows, padded with zeroes to a multiple of 8. */
struct xbp_metadata {
    uint32_t schema; /* what the value is; from 0x80000000 on: private */
    uint32_t length; /* bytes of the value, padding not counted */
};
XBP_SIZE(xbp_metadata, 8);

/* An image. The planes follow. */
struct xbp_image {
    uint32_t width;    /* pixels, at least 1 */
    uint32_t height;   /* pixels, at least 1 */
    uint32_t fourcc;   /* DRM format code */
    uint32_t planes;   /* how many planes, 1 to 4 */
    uint64_t modifier; /* DRM format modifier; 0: linear */
};
XBP_SIZE(xbp_image, 24);

/* One plane of an image. */
struct xbp_plane {
    uint32_t reference; /* which reference of the offer holds it */
    uint32_t stride;    /* bytes from one row to the next, at least 1 */
    uint64_t offset;    /* first byte in that reference */
    uint32_t rows;      /* rows of this plane, at least 1 */
    uint32_t reserved;  /* 0 */
};
XBP_SIZE(xbp_plane, 24);

/* ---- Hand-over ring ------------------------------------------------------------------------------------------ */

/* group: hand-over flag */
#define XBP_HANDOVER_END_OF_STREAM 1 /* the last entry; names no buffer */
#define XBP_HANDOVER_DISCARDED 2 /* the releasing side did not look at the frame, or wrote nothing worth looking at */

/* One hand-over: entry n of a ring lies in slot (n - 1) % entries, and is there once the ring's timeline reached n. */
struct xbp_handover {
    uint64_t sequence;          /* n, from 1 on; stored last */
    uint64_t buffer;            /* id of the buffer that changes hands; 0 with END_OF_STREAM */
    uint32_t timeline;          /* the fence: a timeline of the releasing side */
    uint32_t flags;             /* hand-over flags */
    uint64_t value;             /* the fence: its point on that timeline */
    int64_t presentation_time;  /* nanoseconds, the exporter's own zero; echoed by the importer */
    uint64_t metadata_sequence; /* which metadata the contents have; 0: those of the offer */
    uint64_t deadline;          /* nanoseconds from now within which the fence signals; 0: no promise */
    uint64_t frame;             /* importer: sequence of the frame it gives back; exporter: 0 */
};
XBP_SIZE(xbp_handover, 64);

/* ---- Sync pages ---------------------------------------------------------------------------------------------- */

/* group: sync page */
#define XBP_SYNC_MAGIC 0x53504258u /* "XBPS" in memory order */
#define XBP_SYNC_VERSION 1 /* layout of sync pages */
#define XBP_LINE_SIZE 64 /* bytes of a line */

/* Line 0 of a sync page set; written by its owner alone, like every line of it. */
struct xbp_sync_header {
    uint32_t magic;         /* XBP_SYNC_MAGIC */
    uint32_t version;       /* XBP_SYNC_VERSION */
    uint32_t lines;         /* size of the page set, in lines */
    uint32_t epoch;         /* incarnation of this page set, never 0 */
    uint32_t doorbell;      /* futex word: counts up when a dispatcher's point is reached or a timeline fails */
    uint32_t reserved32;    /* 0 */
    uint64_t reserved64[5]; /* 0 */
};
XBP_SIZE(xbp_sync_header, 64);

/* A timeline: point p is signalled once value >= p. */
struct xbp_timeline {
    uint64_t value;        /* only rises; its low half is the futex word */
    uint64_t timestamp;    /* CLOCK_MONOTONIC nanoseconds of the last step; 0: not said */
    uint64_t first_failed; /* first point that failed, for ever, and then also the value; 0: sound */
    int32_t error;         /* why: a positive errno; 0: sound */
    uint32_t epoch;        /* the one of the page set */
    uint64_t deadline;     /* nanoseconds from the last step within which the next comes; 0: no promise */
    uint64_t reserved[3];  /* 0 */
};
XBP_SIZE(xbp_timeline, 64);

/* What the owner of this line waits for on one timeline of the peer. */
struct xbp_interest {
    uint32_t waiters;         /* how many threads sleep on the peer's value word */
    uint32_t dispatched;      /* 1 while dispatcher is not 0; read as one word with waiters */
    uint64_t lowest;          /* lowest point any of them waits for; valid while waiters > 0 */
    uint64_t dispatcher;      /* lowest point a dispatcher waits for on the doorbell; 0: none */
    uint64_t reserved64[5];   /* 0 */
};
XBP_SIZE(xbp_interest, 64);

/* ---- Error codes --------------------------------------------------------------------------------------------- */

/* group: error code */
#define XBP_INCOMPAT (-1) /* no common version, or a required feature is missing; ends the session */
#define XBP_BADMSG (-2) /* a message that breaks its format; ends the session */
#define XBP_NOTARGET (-3) /* no such peer */
#define XBP_DENIED (-4) /* policy says no */
#define XBP_NOBUF (-5) /* no such buffer, or none that you may know of */
#define XBP_STALE_EPOCH (-6) /* from an earlier incarnation; ends the session */
#define XBP_BADTOKEN (-7) /* the token does not fit */
#define XBP_QUOTA (-8) /* over quota */
#define XBP_NOMEM (-9) /* out of memory */
#define XBP_TOOBIG (-10) /* larger than the limits of HELLO */
#define XBP_NOTSUP (-11) /* not supported */
#define XBP_BUSY (-12) /* busy */
#define XBP_TIMEOUT (-13) /* too slow */
#define XBP_REVOKED (-14) /* taken back */
#define XBP_PEERDEAD (-15) /* the peer died */
#define XBP_BADSTATE (-16) /* not in this state; ends the session */
#define XBP_BADREF (-17) /* a memory reference that cannot be used */
#define XBP_MAPFAIL (-18) /* mapping failed */
#define XBP_META_TOOBIG (-19) /* metadata too long */
#define XBP_OVERFLOW (-20) /* sent without credit; ends the session */
#define XBP_FENCE_ERROR (-21) /* a fence failed */
#define XBP_LATE (-22) /* a deadline was missed */
#define XBP_CANCELLED (-23) /* cancelled */
#define XBP_INTERNAL (-24) /* the sender is broken */

/* ---- Alignment, proven ----------------------------------------------------------------------------------------- */

XBP_ASSERT(offsetof(struct xbp_header, object) == 16, "header");
XBP_ASSERT(offsetof(struct xbp_hello, nonce) == 48, "hello");
XBP_ASSERT(offsetof(struct xbp_hello, sync) == 72, "hello");
XBP_ASSERT(offsetof(struct xbp_offer, token) == 40, "offer");
XBP_ASSERT(offsetof(struct xbp_handover, value) == 24, "hand-over");
XBP_ASSERT(offsetof(struct xbp_timeline, error) == 24, "timeline");
XBP_ASSERT(offsetof(struct xbp_interest, dispatcher) == 16, "interest");

#endif
