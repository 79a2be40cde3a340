/* The floor under reading an event log: page-aligned read() of 1 MiB, the checksum of each chunk's records, and a walk
 * over the record headers. Nothing is decoded.   cc -O2 -o evtx_floor evtx_floor.c -lisal */
#include <fcntl.h>
#include <inttypes.h>
#include <isa-l.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_HEADER = 4096, CHUNK = 65536, CHUNK_HEADER = 512, RECORD_HEADER = 28, PIECE = 1 << 20 };

static uint32_t u32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t u64(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static struct {
    uint64_t records, used, bad, ids; /* ids: so that the compiler cannot leave the reading out */
} seen;

static void walk(const uint8_t *chunk) {
    if (memcmp(chunk, "ElfChnk", 8) != 0) return;
    const uint32_t end = u32(chunk + 48);
    if (end < CHUNK_HEADER || end > CHUNK ||
        crc32_gzip_refl(0, chunk + CHUNK_HEADER, end - CHUNK_HEADER) != u32(chunk + 52)) {
        ++seen.bad;
        return;
    }
    for (uint32_t at = CHUNK_HEADER; at + RECORD_HEADER <= end && u32(chunk + at) == 0x2A2A;) {
        const uint32_t size = u32(chunk + at + 4);
        if (size < RECORD_HEADER || size > end - at || u32(chunk + at + size - 4) != size) {
            ++seen.bad;
            break;
        }
        ++seen.records;
        seen.ids ^= u64(chunk + at + 8) ^ u64(chunk + at + 16);
        at += size;
    }
    seen.used += end;
}

int main(int count, char **words) {
    const int file = count == 2 ? open(words[1], O_RDONLY) : -1;
    uint8_t *piece = aligned_alloc(4096, PIECE);
    if (file < 0 || !piece || lseek(file, FILE_HEADER, SEEK_SET) < 0) return 1;
    for (ssize_t got; (got = read(file, piece, PIECE)) > 0;)
        for (ssize_t at = 0; at + CHUNK <= got; at += CHUNK) walk(piece + at);
    fprintf(stderr, "records %" PRIu64 " used %" PRIu64 " bad %" PRIu64 " ids %" PRIx64 "\n", seen.records, seen.used,
            seen.bad, seen.ids);
    return 0;
}
