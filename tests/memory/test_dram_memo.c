/* Events of traffic that are kept are those found without: hundreds of streams that differ in one thing each, in systems
 * that do, asked for in turn. */
#include "quarry/schedule_dram.h"
#include "tap.h"

#include <stdlib.h>

enum { STREAMS = 64, SYSTEMS = 5 };

int main(void)
{
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_dram_device *device = NULL, *other = NULL;
  const qy_dram_controller *list = NULL;
  size_t count = 0;
  qy_dram_memo *memo = qy_dram_memo_new();
  if (!memo || qy_dram_device_read(&device, "db", "ddr3_1600_4gb_x8", arena, &err) ||
      qy_dram_device_read(&other, "db", "lpddr4_2400_8gb_x16", arena, &err) ||
      qy_dram_controllers_read(&list, &count, "db", arena, &err) || count == 0) {
    ok(0, "devices and a controller: %s", err.count ? err.diagnostic[0].text : "");
    return done();
  }
  const qy_dram_controller *controller = &list[0];
  const qy_dram_system system[SYSTEMS] = {
      {.device = device, .controller = controller, .channels = 1},
      {.device = other, .controller = controller, .channels = 1},
      {.device = device, .controller = controller, .channels = 2},
      {.device = device, .controller = controller, .channels = 1, .row_limit = 1},
      {.device = device, .controller = controller, .channels = 1, .mapping = QY_DRAM_MAP_BANK}};
  int wrong = 0, asked = 0, differ = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < STREAMS; i++)
      for (int k = 0; k < SYSTEMS; k++, asked++) {
        /* sizes, runs, pitches, places, directions and how many there are, none of them with all others */
        const double run = 64 << i / 4 % 4;
        const qy_dram_stream stream[] = {{.bytes = 65536 << i / 16 % 2,
                                          .write = i % 2,
                                          .place = i / 2 % 2 ? QY_DRAM_PITCH : QY_DRAM_STREAM,
                                          .run_bytes = run,
                                          .pitch_bytes = i / 16 % 2 ? 4096 : 8192},
                                         {.bytes = 32768, .run_bytes = 256}};
        const qy_dram_traffic traffic = {.stream = stream, .count = i / 32 % 2 ? 2 : 1, .load = 1};
        static qy_dram_events found[STREAMS][SYSTEMS];
        static double last;
        qy_dram_events kept;
        qy_dram_memo_events(&kept, memo, &system[k], &traffic);
        if (pass == 0) qy_dram_events_of(&found[i][k], &system[k], &traffic);
        wrong += memcmp(&kept, &found[i][k], sizeof kept) != 0;
        differ += found[i][k].busy_ns != last;
        last = found[i][k].busy_ns;
      }
  ok(wrong == 0 && differ > asked / 2, "%d of %d answers are another's", wrong, asked);
  const qy_dram_events none = {.bytes = 0}, some = {.count = {2, 0, 3}};
  const qy_dram_prices price = {{0.25, 7, 0.5, 9, 9, 9}};
  ok(qy_dram_energy_pj(&none, &price) == 0 && qy_dram_energy_pj(&some, &price) == 2, "energy: counts times prices");
  qy_dram_memo_free(memo);
  qy_arena_free(arena);
  return done();
}
