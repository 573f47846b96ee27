PRAGMA application_id = 1366454905;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE metric (
  name  TEXT PRIMARY KEY,
  unit  TEXT NOT NULL,
  label TEXT NOT NULL,
  sense INTEGER NOT NULL CHECK (sense IN (-1, 0, 1)),
  help  TEXT NOT NULL
) STRICT;
INSERT INTO metric VALUES('area_um2','µm²','Area',-1,'Silicon area of the whole module: all the area_* parts added.');
INSERT INTO metric VALUES('latency_us','µs','Latency',-1,'Time to run all layers once: cycles over the clock.');
INSERT INTO metric VALUES('energy_uj','µJ','Energy',-1,'Energy to run all layers once, of everything that the design states: on chip, leakage included, and DRAM.');
INSERT INTO metric VALUES('power_mw','mW','Power',-1,'Mean power while running: energy over latency.');
INSERT INTO metric VALUES('edp_uj_us','µJ·µs','Energy-delay product',-1,'Energy times latency.');
INSERT INTO metric VALUES('cycles','','Cycles',-1,'Clock cycles to run all layers once, stalls for data included, with a memory those for the DRAM too.');
INSERT INTO metric VALUES('compute_cycles','','Compute cycles',-1,'Clock cycles the multipliers would need if data were always there, what a fused schedule computes again included.');
INSERT INTO metric VALUES('transfer_cycles','','Transfer cycles',-1,'Clock cycles the load and store port needs to move all operands and results; what the DRAM takes is not in it.');
INSERT INTO metric VALUES('utilization_frac','','Utilization',1,'Useful products over the products that could have been made in the same cycles, 0 to 1.');
INSERT INTO metric VALUES('gops','GOP/s','Throughput',1,'Operations per second, a multiplication and an addition counted as two.');
INSERT INTO metric VALUES('tops_per_w','TOP/s/W','Energy efficiency',1,'Operations per energy, a multiplication and an addition counted as two.');
INSERT INTO metric VALUES('leakage_mw','mW','Leakage power',-1,'Static power of cells and SRAM at the stated corner.');
INSERT INTO metric VALUES('area_datapath_um2','µm²','Datapath area',-1,'Area of multipliers, adders and other logic on the data.');
INSERT INTO metric VALUES('area_register_um2','µm²','Register area',-1,'Area of flip-flops: operands, pipeline stages, accumulators.');
INSERT INTO metric VALUES('area_control_um2','µm²','Control area',-1,'Area of counters, address generation and the controller.');
INSERT INTO metric VALUES('area_sram_um2','µm²','SRAM area',-1,'Area of the buffers built from SRAM macros.');
INSERT INTO metric VALUES('energy_datapath_uj','µJ','Datapath energy',-1,'Switching energy of the logic on the data.');
INSERT INTO metric VALUES('energy_register_uj','µJ','Register energy',-1,'Switching and clock energy of the flip-flops.');
INSERT INTO metric VALUES('energy_sram_uj','µJ','SRAM energy',-1,'Energy of the reads and writes of the buffers.');
INSERT INTO metric VALUES('energy_leakage_uj','µJ','Leakage energy',-1,'Leakage power times latency.');
INSERT INTO metric VALUES('energy_per_product_fj','fJ','Energy per product',-1,'Energy of one multiplication (and accumulation) in one element, leakage included.');
INSERT INTO metric VALUES('sqnr_db','dB','Signal to quantization noise',1,'Of the weight format at the precision of the point, at its best scale on a weight distribution, together with the arithmetic error of the element: a proxy for quality, not an accuracy.');
INSERT INTO metric VALUES('banks_input','','Banks of the input buffer',0,'Banks of the input buffer, as asked for or as chosen.');
INSERT INTO metric VALUES('banks_output','','Banks of the output buffer',0,'Banks of the output buffer, as asked for or as chosen.');
INSERT INTO metric VALUES('banks_weights','','Banks of the weight buffer',0,'Banks of the weight buffer, as asked for or as chosen.');
INSERT INTO metric VALUES('energy_onchip_uj','µJ','On-chip energy',-1,'Energy on the chip to run all layers once: datapath, registers, SRAM and leakage added.');
INSERT INTO metric VALUES('energy_dram_uj','µJ','DRAM energy',-1,'Energy of the DRAM''s core to run all layers once: activations, reads, writes, refreshes and background.');
INSERT INTO metric VALUES('traffic_bytes','B','DRAM traffic',-1,'Bytes that the schedule moves between DRAM and the shared buffer, reads and writes.');
INSERT INTO metric VALUES('traffic_floor_bytes','B','Floor of DRAM traffic',0,'Bytes that every schedule moves: each weight, input and result of the network once.');
INSERT INTO metric VALUES('shared_buffer_bytes','B','Shared buffer',0,'Capacity of the buffer between DRAM and the ports, as asked for.');
INSERT INTO metric VALUES('lut','','LUTs',-1,'Look-up tables of the FPGA that the design takes; the interval reaches from one toolchain to the other.');
INSERT INTO metric VALUES('ff','','Flip-flops',-1,'Flip-flops of the FPGA, those in its slices.');
INSERT INTO metric VALUES('dsp','','DSP slices',-1,'DSP slices of the FPGA.');
INSERT INTO metric VALUES('bram','','Block RAMs',-1,'Block RAMs of the FPGA, in halves of 18 Kibit.');
INSERT INTO metric VALUES('lut_pct','%','Share of the LUTs',-1,'LUTs over those of the device.');
INSERT INTO metric VALUES('dsp_pct','%','Share of the DSP slices',-1,'DSP slices over those of the device.');
INSERT INTO metric VALUES('fps','1/s','Frame rate',1,'Inferences per second of the layers that are run.');
INSERT INTO metric VALUES('rows_dsp','','Rows on DSP slices',0,'Rows of low precision on DSP slices, as asked for or as fill the device.');
INSERT INTO metric VALUES('rows_lut','','Rows in LUTs',0,'Rows of the element in LUTs, as asked for or as fill the device.');
INSERT INTO metric VALUES('rows_dsp_high','','Rows of high precision on DSP slices',0,'Rows of high precision on DSP slices, as asked for or as the share of such rows needs.');
INSERT INTO metric VALUES('rows_lut_high','','Rows of high precision in LUTs',0,'Rows of high precision in LUTs, as asked for or as the share of such rows needs.');
CREATE TABLE experiment (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  question      TEXT NOT NULL,
  file          TEXT NOT NULL,             -- where the text was read
  text          TEXT NOT NULL,             -- the file, verbatim
  sha256        TEXT NOT NULL,             -- of the text
  identity      TEXT NOT NULL UNIQUE,      -- SHA-256 over text, technologies, networks, devices, seed and model version
  model_version TEXT NOT NULL,             -- changes whenever the same input would give other numbers
  seed          TEXT NOT NULL,             -- decimal; '' when nothing is random
  command_line  TEXT NOT NULL,             -- of the run that began it
  objectives    TEXT NOT NULL CHECK (json_valid(objectives)), -- JSON array of metric names
  definition    TEXT NOT NULL CHECK (json_valid(definition)), -- JSON: front groups, plots
  points        INTEGER NOT NULL CHECK (points > 0),          -- planned
  batch_points  INTEGER NOT NULL CHECK (batch_points > 0),    -- points in a full batch
  status        TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'failed', 'complete')),
  started_utc   TEXT NOT NULL,             -- of the first run
  ended_utc     TEXT,                      -- of the last run; NULL: running, or killed
  runs          INTEGER NOT NULL DEFAULT 1,-- 1 + how often it was continued
  runner        TEXT                       -- process that may write batches now: host, boot, process id, start
) STRICT;
INSERT INTO experiment VALUES(1,'whole','Which is best?','experiments/small.yaml',replace('name: whole\n','\n',char(10)),'0a00b7822c1efcd78230151d2e2ff7ed813c05ea9ab1e9147677f176e8769d28','36817aa3db1dd11ec4d3b6530ae76972fa3c98f95916b78917ee970745840bb7','3','7','quarry run experiments/small.yaml','["area_um2","latency_us"]','{"within":["technology"],"plots":[]}',12,4,'complete','2026-11-27T02:11:41.270Z','2026-11-27T02:11:41.272Z',1,NULL);
INSERT INTO experiment VALUES(2,'half','Which is best?','experiments/small.yaml',replace('name: half\n','\n',char(10)),'bbc038d7d670b0094c3431f711982e74848411dc8acd0facdb2d4d3a9a91236e','f4b75a62f2736bd0cd3a30f6c22499a88b3b372693d1353f967bb581286460e9','3','7','quarry run experiments/small.yaml','["area_um2","latency_us"]','{"within":["technology"],"plots":[]}',12,4,'interrupted','2026-11-27T02:11:41.276Z','2026-11-27T02:11:41.277Z',1,NULL);
CREATE TABLE technology (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;
INSERT INTO technology VALUES(1,'fdsoi28','1394baa783bf8b2a7366aaf2bf9ed300f8ed2cdf8d465cef02d7533c1bacf25b',replace('nand2: 1.0\n','\n',char(10)));
INSERT INTO technology VALUES(2,'lp55','f0e9aa7f662126a3ec9af14e09967aa5fc1fa25d412cbe0488d123f0fb8efe85',replace('nand2: 2.5 # "quoted" ''µ''\n','\n',char(10)));
CREATE TABLE network (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;
INSERT INTO network VALUES(1,'mobilenet','59489789833de4e22e848aba388ee4f8045023b803c3ab5b6008af0d44fd3a84',replace('layer,dw1,112\n','\n',char(10)));
CREATE TABLE device (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text   TEXT NOT NULL,
  UNIQUE (sha256, name)
) STRICT;
CREATE TABLE experiment_technology (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  technology INTEGER NOT NULL REFERENCES technology (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;
INSERT INTO experiment_technology VALUES(1,0,1);
INSERT INTO experiment_technology VALUES(1,1,2);
INSERT INTO experiment_technology VALUES(2,0,1);
INSERT INTO experiment_technology VALUES(2,1,2);
CREATE TABLE experiment_network (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  network    INTEGER NOT NULL REFERENCES network (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;
INSERT INTO experiment_network VALUES(1,0,1);
INSERT INTO experiment_network VALUES(2,0,1);
CREATE TABLE experiment_device (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  position   INTEGER NOT NULL,
  device     INTEGER NOT NULL REFERENCES device (id),
  PRIMARY KEY (experiment, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE design (
  id         INTEGER PRIMARY KEY,          -- experiment << 40 | number of the design
  name       TEXT NOT NULL,
  parameters TEXT NOT NULL CHECK (json_valid(parameters)) -- JSON object
) STRICT;
INSERT INTO design VALUES(1099511627776,'SDM','{"channels": 4}');
INSERT INTO design VALUES(1099511627777,'RDM','{"channels": 8}');
INSERT INTO design VALUES(2199023255552,'SDM','{"channels": 4}');
INSERT INTO design VALUES(2199023255553,'RDM','{"channels": 8}');
CREATE TABLE reason (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO reason VALUES(1,'no mode for 4 bit');
CREATE TABLE result (
  id             INTEGER PRIMARY KEY,      -- experiment << 40 | point
  design         INTEGER NOT NULL REFERENCES design (id),
  technology     INTEGER NOT NULL REFERENCES technology (id),
  network        INTEGER NOT NULL REFERENCES network (id),
  precision_bits INTEGER NOT NULL,
  clock_mhz      REAL NOT NULL,
  reason         INTEGER REFERENCES reason (id),
  area_um2 REAL,
  latency_us REAL,
  energy_uj REAL,
  power_mw REAL,
  edp_uj_us REAL,
  cycles REAL,
  compute_cycles REAL,
  transfer_cycles REAL,
  utilization_frac REAL,
  gops REAL,
  tops_per_w REAL,
  leakage_mw REAL,
  area_datapath_um2 REAL,
  area_register_um2 REAL,
  area_control_um2 REAL,
  area_sram_um2 REAL,
  energy_datapath_uj REAL,
  energy_register_uj REAL,
  energy_sram_uj REAL,
  energy_leakage_uj REAL,
  energy_per_product_fj REAL,
  sqnr_db REAL,
  banks_input REAL,
  banks_output REAL,
  banks_weights REAL,
  energy_onchip_uj REAL,
  energy_dram_uj REAL,
  traffic_bytes REAL,
  traffic_floor_bytes REAL,
  shared_buffer_bytes REAL,
  lut REAL,
  ff REAL,
  dsp REAL,
  bram REAL,
  lut_pct REAL,
  dsp_pct REAL,
  fps REAL,
  rows_dsp REAL,
  rows_lut REAL,
  rows_dsp_high REAL,
  rows_lut_high REAL
) STRICT;
INSERT INTO result VALUES(1099511627776,1099511627776,1,1,16,100.0,NULL,1000.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1017.0,1048.0,1079.0,1010.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1020.0,1051.0,1082.0,1113.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1123.0,1054.0,1085.0,1116.0,1047.0,1078.0,1109.0,1040.0);
INSERT INTO result VALUES(1099511627777,1099511627776,1,1,8,100.0,NULL,1070.0,1001.0,1032.0,1063.0,1094.0,1025.0,1056.0,1087.0,1018.0,1049.0,1080.0,1011.0,1042.0,1073.0,1104.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1021.0,1052.0,1083.0,1114.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1124.0,1055.0,1086.0,1117.0,1048.0,1079.0,1110.0);
INSERT INTO result VALUES(1099511627778,1099511627776,1,1,4,100.0,NULL,1040.0,1071.0,1002.0,1033.0,1064.0,1095.0,1026.0,1057.0,1088.0,1019.0,1050.0,1081.0,1012.0,1043.0,1074.0,1105.0,1036.0,1067.0,1098.0,1029.0,1060.0,1091.0,1022.0,1053.0,1084.0,1115.0,1046.0,1077.0,1108.0,1039.0,1070.0,1101.0,1032.0,1063.0,1094.0,1125.0,1056.0,1087.0,1118.0,1049.0,1080.0);
INSERT INTO result VALUES(1099511627779,1099511627776,2,1,16,100.0,NULL,1010.0,1041.0,1072.0,1003.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1020.0,1051.0,1082.0,1013.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1023.0,1054.0,1085.0,1116.0,1047.0,1078.0,1109.0,1040.0,1071.0,1102.0,1033.0,1064.0,1095.0,1126.0,1057.0,1088.0,1119.0,1050.0);
INSERT INTO result VALUES(1099511627780,1099511627776,2,1,8,100.0,NULL,1080.0,1011.0,1042.0,1073.0,1004.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1021.0,1052.0,1083.0,1014.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1117.0,1048.0,1079.0,1110.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1127.0,1058.0,1089.0,1120.0);
INSERT INTO result VALUES(1099511627781,1099511627776,2,1,4,100.0,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO result VALUES(1099511627782,1099511627777,1,1,16,100.0,NULL,1020.0,1051.0,1082.0,1013.0,1044.0,1075.0,1006.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1023.0,1054.0,1085.0,1016.0,1047.0,1078.0,1109.0,1040.0,1071.0,1102.0,1033.0,1064.0,1095.0,1026.0,1057.0,1088.0,1119.0,1050.0,1081.0,1112.0,1043.0,1074.0,1105.0,1036.0,1067.0,1098.0,1129.0,1060.0);
INSERT INTO result VALUES(1099511627783,1099511627777,1,1,8,100.0,NULL,1090.0,1021.0,1052.0,1083.0,1014.0,1045.0,1076.0,1007.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1017.0,1048.0,1079.0,1110.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1120.0,1051.0,1082.0,1113.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1130.0);
INSERT INTO result VALUES(1099511627784,1099511627777,1,1,4,100.0,NULL,1060.0,1091.0,1022.0,1053.0,1084.0,1015.0,1046.0,1077.0,1008.0,1039.0,1070.0,1101.0,1032.0,1063.0,1094.0,1025.0,1056.0,1087.0,1018.0,1049.0,1080.0,1111.0,1042.0,1073.0,1104.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1121.0,1052.0,1083.0,1114.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0);
INSERT INTO result VALUES(1099511627785,1099511627777,2,1,16,100.0,NULL,1030.0,1061.0,1092.0,1023.0,1054.0,1085.0,1016.0,1047.0,1078.0,1009.0,1040.0,1071.0,1102.0,1033.0,1064.0,1095.0,1026.0,1057.0,1088.0,1019.0,1050.0,1081.0,1112.0,1043.0,1074.0,1105.0,1036.0,1067.0,1098.0,1029.0,1060.0,1091.0,1122.0,1053.0,1084.0,1115.0,1046.0,1077.0,1108.0,1039.0,1070.0);
INSERT INTO result VALUES(1099511627786,1099511627777,2,1,8,100.0,NULL,1000.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1017.0,1048.0,1079.0,1010.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1020.0,1051.0,1082.0,1113.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1123.0,1054.0,1085.0,1116.0,1047.0,1078.0,1109.0,1040.0);
INSERT INTO result VALUES(1099511627787,1099511627777,2,1,4,100.0,NULL,1070.0,1001.0,1032.0,1063.0,1094.0,1025.0,1056.0,1087.0,1018.0,1049.0,1080.0,1011.0,1042.0,1073.0,1104.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1021.0,1052.0,1083.0,1114.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1124.0,1055.0,1086.0,1117.0,1048.0,1079.0,1110.0);
INSERT INTO result VALUES(2199023255552,2199023255552,1,1,16,100.0,NULL,1000.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1017.0,1048.0,1079.0,1010.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1020.0,1051.0,1082.0,1113.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1123.0,1054.0,1085.0,1116.0,1047.0,1078.0,1109.0,1040.0);
INSERT INTO result VALUES(2199023255553,2199023255552,1,1,8,100.0,NULL,1070.0,1001.0,1032.0,1063.0,1094.0,1025.0,1056.0,1087.0,1018.0,1049.0,1080.0,1011.0,1042.0,1073.0,1104.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1021.0,1052.0,1083.0,1114.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1124.0,1055.0,1086.0,1117.0,1048.0,1079.0,1110.0);
INSERT INTO result VALUES(2199023255554,2199023255552,1,1,4,100.0,NULL,1040.0,1071.0,1002.0,1033.0,1064.0,1095.0,1026.0,1057.0,1088.0,1019.0,1050.0,1081.0,1012.0,1043.0,1074.0,1105.0,1036.0,1067.0,1098.0,1029.0,1060.0,1091.0,1022.0,1053.0,1084.0,1115.0,1046.0,1077.0,1108.0,1039.0,1070.0,1101.0,1032.0,1063.0,1094.0,1125.0,1056.0,1087.0,1118.0,1049.0,1080.0);
INSERT INTO result VALUES(2199023255555,2199023255552,2,1,16,100.0,NULL,1010.0,1041.0,1072.0,1003.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1020.0,1051.0,1082.0,1013.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1023.0,1054.0,1085.0,1116.0,1047.0,1078.0,1109.0,1040.0,1071.0,1102.0,1033.0,1064.0,1095.0,1126.0,1057.0,1088.0,1119.0,1050.0);
INSERT INTO result VALUES(2199023255556,2199023255552,2,1,8,100.0,NULL,1080.0,1011.0,1042.0,1073.0,1004.0,1035.0,1066.0,1097.0,1028.0,1059.0,1090.0,1021.0,1052.0,1083.0,1014.0,1045.0,1076.0,1107.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1117.0,1048.0,1079.0,1110.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1127.0,1058.0,1089.0,1120.0);
INSERT INTO result VALUES(2199023255557,2199023255552,2,1,4,100.0,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO result VALUES(2199023255558,2199023255553,1,1,16,100.0,NULL,1020.0,1051.0,1082.0,1013.0,1044.0,1075.0,1006.0,1037.0,1068.0,1099.0,1030.0,1061.0,1092.0,1023.0,1054.0,1085.0,1016.0,1047.0,1078.0,1109.0,1040.0,1071.0,1102.0,1033.0,1064.0,1095.0,1026.0,1057.0,1088.0,1119.0,1050.0,1081.0,1112.0,1043.0,1074.0,1105.0,1036.0,1067.0,1098.0,1129.0,1060.0);
INSERT INTO result VALUES(2199023255559,2199023255553,1,1,8,100.0,NULL,1090.0,1021.0,1052.0,1083.0,1014.0,1045.0,1076.0,1007.0,1038.0,1069.0,1100.0,1031.0,1062.0,1093.0,1024.0,1055.0,1086.0,1017.0,1048.0,1079.0,1110.0,1041.0,1072.0,1103.0,1034.0,1065.0,1096.0,1027.0,1058.0,1089.0,1120.0,1051.0,1082.0,1113.0,1044.0,1075.0,1106.0,1037.0,1068.0,1099.0,1130.0);
CREATE TABLE interval (
  id INTEGER PRIMARY KEY,                  -- of the result
  area_um2_p05 REAL,
  area_um2_p95 REAL,
  energy_uj_p05 REAL,
  energy_uj_p95 REAL,
  power_mw_p05 REAL,
  power_mw_p95 REAL,
  edp_uj_us_p05 REAL,
  edp_uj_us_p95 REAL,
  tops_per_w_p05 REAL,
  tops_per_w_p95 REAL,
  leakage_mw_p05 REAL,
  leakage_mw_p95 REAL,
  area_datapath_um2_p05 REAL,
  area_datapath_um2_p95 REAL,
  area_register_um2_p05 REAL,
  area_register_um2_p95 REAL,
  area_control_um2_p05 REAL,
  area_control_um2_p95 REAL,
  area_sram_um2_p05 REAL,
  area_sram_um2_p95 REAL,
  energy_datapath_uj_p05 REAL,
  energy_datapath_uj_p95 REAL,
  energy_register_uj_p05 REAL,
  energy_register_uj_p95 REAL,
  energy_sram_uj_p05 REAL,
  energy_sram_uj_p95 REAL,
  energy_leakage_uj_p05 REAL,
  energy_leakage_uj_p95 REAL,
  energy_per_product_fj_p05 REAL,
  energy_per_product_fj_p95 REAL,
  energy_onchip_uj_p05 REAL,
  energy_onchip_uj_p95 REAL,
  energy_dram_uj_p05 REAL,
  energy_dram_uj_p95 REAL,
  lut_p05 REAL,
  lut_p95 REAL,
  ff_p05 REAL,
  ff_p95 REAL,
  dsp_p05 REAL,
  dsp_p95 REAL,
  bram_p05 REAL,
  bram_p95 REAL,
  lut_pct_p05 REAL,
  lut_pct_p95 REAL,
  dsp_pct_p05 REAL,
  dsp_pct_p95 REAL
) STRICT;
INSERT INTO interval VALUES(1099511627776,999.0,1002.0,1061.0,1064.0,1092.0,1095.0,1023.0,1026.0,1009.0,1012.0,1040.0,1043.0,1071.0,1074.0,1102.0,1105.0,1033.0,1036.0,1064.0,1067.0,1095.0,1098.0,1026.0,1029.0,1057.0,1060.0,1088.0,1091.0,1019.0,1022.0,1074.0,1077.0,1105.0,1108.0,1029.0,1032.0,1060.0,1063.0,1091.0,1094.0,1122.0,1125.0,1053.0,1056.0,1084.0,1087.0);
INSERT INTO interval VALUES(1099511627777,1069.0,1072.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1079.0,1082.0,1010.0,1013.0,1041.0,1044.0,1072.0,1075.0,1103.0,1106.0,1034.0,1037.0,1065.0,1068.0,1096.0,1099.0,1027.0,1030.0,1058.0,1061.0,1089.0,1092.0,1044.0,1047.0,1075.0,1078.0,1099.0,1102.0,1030.0,1033.0,1061.0,1064.0,1092.0,1095.0,1123.0,1126.0,1054.0,1057.0);
INSERT INTO interval VALUES(1099511627778,1039.0,1042.0,1001.0,1004.0,1032.0,1035.0,1063.0,1066.0,1049.0,1052.0,1080.0,1083.0,1011.0,1014.0,1042.0,1045.0,1073.0,1076.0,1104.0,1107.0,1035.0,1038.0,1066.0,1069.0,1097.0,1100.0,1028.0,1031.0,1059.0,1062.0,1114.0,1117.0,1045.0,1048.0,1069.0,1072.0,1100.0,1103.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1124.0,1127.0);
INSERT INTO interval VALUES(1099511627779,1009.0,1012.0,1071.0,1074.0,1002.0,1005.0,1033.0,1036.0,1019.0,1022.0,1050.0,1053.0,1081.0,1084.0,1012.0,1015.0,1043.0,1046.0,1074.0,1077.0,1105.0,1108.0,1036.0,1039.0,1067.0,1070.0,1098.0,1101.0,1029.0,1032.0,1084.0,1087.0,1115.0,1118.0,1039.0,1042.0,1070.0,1073.0,1101.0,1104.0,1032.0,1035.0,1063.0,1066.0,1094.0,1097.0);
INSERT INTO interval VALUES(1099511627780,1079.0,1082.0,1041.0,1044.0,1072.0,1075.0,1003.0,1006.0,1089.0,1092.0,1020.0,1023.0,1051.0,1054.0,1082.0,1085.0,1013.0,1016.0,1044.0,1047.0,1075.0,1078.0,1106.0,1109.0,1037.0,1040.0,1068.0,1071.0,1099.0,1102.0,1054.0,1057.0,1085.0,1088.0,1109.0,1112.0,1040.0,1043.0,1071.0,1074.0,1102.0,1105.0,1033.0,1036.0,1064.0,1067.0);
INSERT INTO interval VALUES(1099511627782,1019.0,1022.0,1081.0,1084.0,1012.0,1015.0,1043.0,1046.0,1029.0,1032.0,1060.0,1063.0,1091.0,1094.0,1022.0,1025.0,1053.0,1056.0,1084.0,1087.0,1015.0,1018.0,1046.0,1049.0,1077.0,1080.0,1108.0,1111.0,1039.0,1042.0,1094.0,1097.0,1025.0,1028.0,1049.0,1052.0,1080.0,1083.0,1111.0,1114.0,1042.0,1045.0,1073.0,1076.0,1104.0,1107.0);
INSERT INTO interval VALUES(1099511627783,1089.0,1092.0,1051.0,1054.0,1082.0,1085.0,1013.0,1016.0,1099.0,1102.0,1030.0,1033.0,1061.0,1064.0,1092.0,1095.0,1023.0,1026.0,1054.0,1057.0,1085.0,1088.0,1016.0,1019.0,1047.0,1050.0,1078.0,1081.0,1109.0,1112.0,1064.0,1067.0,1095.0,1098.0,1119.0,1122.0,1050.0,1053.0,1081.0,1084.0,1112.0,1115.0,1043.0,1046.0,1074.0,1077.0);
INSERT INTO interval VALUES(1099511627784,1059.0,1062.0,1021.0,1024.0,1052.0,1055.0,1083.0,1086.0,1069.0,1072.0,1100.0,1103.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1024.0,1027.0,1055.0,1058.0,1086.0,1089.0,1017.0,1020.0,1048.0,1051.0,1079.0,1082.0,1034.0,1037.0,1065.0,1068.0,1089.0,1092.0,1120.0,1123.0,1051.0,1054.0,1082.0,1085.0,1113.0,1116.0,1044.0,1047.0);
INSERT INTO interval VALUES(1099511627785,1029.0,1032.0,1091.0,1094.0,1022.0,1025.0,1053.0,1056.0,1039.0,1042.0,1070.0,1073.0,1101.0,1104.0,1032.0,1035.0,1063.0,1066.0,1094.0,1097.0,1025.0,1028.0,1056.0,1059.0,1087.0,1090.0,1018.0,1021.0,1049.0,1052.0,1104.0,1107.0,1035.0,1038.0,1059.0,1062.0,1090.0,1093.0,1121.0,1124.0,1052.0,1055.0,1083.0,1086.0,1114.0,1117.0);
INSERT INTO interval VALUES(1099511627786,999.0,1002.0,1061.0,1064.0,1092.0,1095.0,1023.0,1026.0,1009.0,1012.0,1040.0,1043.0,1071.0,1074.0,1102.0,1105.0,1033.0,1036.0,1064.0,1067.0,1095.0,1098.0,1026.0,1029.0,1057.0,1060.0,1088.0,1091.0,1019.0,1022.0,1074.0,1077.0,1105.0,1108.0,1029.0,1032.0,1060.0,1063.0,1091.0,1094.0,1122.0,1125.0,1053.0,1056.0,1084.0,1087.0);
INSERT INTO interval VALUES(1099511627787,1069.0,1072.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1079.0,1082.0,1010.0,1013.0,1041.0,1044.0,1072.0,1075.0,1103.0,1106.0,1034.0,1037.0,1065.0,1068.0,1096.0,1099.0,1027.0,1030.0,1058.0,1061.0,1089.0,1092.0,1044.0,1047.0,1075.0,1078.0,1099.0,1102.0,1030.0,1033.0,1061.0,1064.0,1092.0,1095.0,1123.0,1126.0,1054.0,1057.0);
INSERT INTO interval VALUES(2199023255552,999.0,1002.0,1061.0,1064.0,1092.0,1095.0,1023.0,1026.0,1009.0,1012.0,1040.0,1043.0,1071.0,1074.0,1102.0,1105.0,1033.0,1036.0,1064.0,1067.0,1095.0,1098.0,1026.0,1029.0,1057.0,1060.0,1088.0,1091.0,1019.0,1022.0,1074.0,1077.0,1105.0,1108.0,1029.0,1032.0,1060.0,1063.0,1091.0,1094.0,1122.0,1125.0,1053.0,1056.0,1084.0,1087.0);
INSERT INTO interval VALUES(2199023255553,1069.0,1072.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1079.0,1082.0,1010.0,1013.0,1041.0,1044.0,1072.0,1075.0,1103.0,1106.0,1034.0,1037.0,1065.0,1068.0,1096.0,1099.0,1027.0,1030.0,1058.0,1061.0,1089.0,1092.0,1044.0,1047.0,1075.0,1078.0,1099.0,1102.0,1030.0,1033.0,1061.0,1064.0,1092.0,1095.0,1123.0,1126.0,1054.0,1057.0);
INSERT INTO interval VALUES(2199023255554,1039.0,1042.0,1001.0,1004.0,1032.0,1035.0,1063.0,1066.0,1049.0,1052.0,1080.0,1083.0,1011.0,1014.0,1042.0,1045.0,1073.0,1076.0,1104.0,1107.0,1035.0,1038.0,1066.0,1069.0,1097.0,1100.0,1028.0,1031.0,1059.0,1062.0,1114.0,1117.0,1045.0,1048.0,1069.0,1072.0,1100.0,1103.0,1031.0,1034.0,1062.0,1065.0,1093.0,1096.0,1124.0,1127.0);
INSERT INTO interval VALUES(2199023255555,1009.0,1012.0,1071.0,1074.0,1002.0,1005.0,1033.0,1036.0,1019.0,1022.0,1050.0,1053.0,1081.0,1084.0,1012.0,1015.0,1043.0,1046.0,1074.0,1077.0,1105.0,1108.0,1036.0,1039.0,1067.0,1070.0,1098.0,1101.0,1029.0,1032.0,1084.0,1087.0,1115.0,1118.0,1039.0,1042.0,1070.0,1073.0,1101.0,1104.0,1032.0,1035.0,1063.0,1066.0,1094.0,1097.0);
INSERT INTO interval VALUES(2199023255556,1079.0,1082.0,1041.0,1044.0,1072.0,1075.0,1003.0,1006.0,1089.0,1092.0,1020.0,1023.0,1051.0,1054.0,1082.0,1085.0,1013.0,1016.0,1044.0,1047.0,1075.0,1078.0,1106.0,1109.0,1037.0,1040.0,1068.0,1071.0,1099.0,1102.0,1054.0,1057.0,1085.0,1088.0,1109.0,1112.0,1040.0,1043.0,1071.0,1074.0,1102.0,1105.0,1033.0,1036.0,1064.0,1067.0);
INSERT INTO interval VALUES(2199023255558,1019.0,1022.0,1081.0,1084.0,1012.0,1015.0,1043.0,1046.0,1029.0,1032.0,1060.0,1063.0,1091.0,1094.0,1022.0,1025.0,1053.0,1056.0,1084.0,1087.0,1015.0,1018.0,1046.0,1049.0,1077.0,1080.0,1108.0,1111.0,1039.0,1042.0,1094.0,1097.0,1025.0,1028.0,1049.0,1052.0,1080.0,1083.0,1111.0,1114.0,1042.0,1045.0,1073.0,1076.0,1104.0,1107.0);
INSERT INTO interval VALUES(2199023255559,1089.0,1092.0,1051.0,1054.0,1082.0,1085.0,1013.0,1016.0,1099.0,1102.0,1030.0,1033.0,1061.0,1064.0,1092.0,1095.0,1023.0,1026.0,1054.0,1057.0,1085.0,1088.0,1016.0,1019.0,1047.0,1050.0,1078.0,1081.0,1109.0,1112.0,1064.0,1067.0,1095.0,1098.0,1119.0,1122.0,1050.0,1053.0,1081.0,1084.0,1112.0,1115.0,1043.0,1046.0,1074.0,1077.0);
CREATE TABLE front_chance (
  point       INTEGER PRIMARY KEY REFERENCES result (id),
  probability REAL NOT NULL CHECK (probability > 0)
) STRICT;
INSERT INTO front_chance VALUES(1099511627776,0.5);
INSERT INTO front_chance VALUES(1099511627777,1.0);
INSERT INTO front_chance VALUES(1099511627783,0.25);
CREATE TABLE batch (
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  batch      INTEGER NOT NULL,             -- holds the points from batch * batch_points on
  rows       INTEGER NOT NULL,
  PRIMARY KEY (experiment, batch)
) STRICT, WITHOUT ROWID;
INSERT INTO batch VALUES(1,0,4);
INSERT INTO batch VALUES(1,1,4);
INSERT INTO batch VALUES(1,2,4);
INSERT INTO batch VALUES(2,0,4);
INSERT INTO batch VALUES(2,1,4);
CREATE TABLE front_group (
  id         INTEGER PRIMARY KEY,
  experiment INTEGER NOT NULL REFERENCES experiment (id),
  name       TEXT NOT NULL,
  UNIQUE (experiment, name)
) STRICT;
INSERT INTO front_group VALUES(1,1,'fdsoi28');
INSERT INTO front_group VALUES(2,1,'lp55');
CREATE TABLE front (
  front_group INTEGER NOT NULL REFERENCES front_group (id),
  point       INTEGER NOT NULL REFERENCES result (id),
  PRIMARY KEY (front_group, point)
) STRICT, WITHOUT ROWID;
INSERT INTO front VALUES(1,1099511627776);
INSERT INTO front VALUES(1,1099511627777);
INSERT INTO front VALUES(2,1099511627779);
CREATE TABLE best_point (
  experiment     INTEGER NOT NULL REFERENCES experiment (id),
  technology     INTEGER NOT NULL REFERENCES technology (id),
  network        INTEGER NOT NULL REFERENCES network (id),
  precision_bits INTEGER NOT NULL,
  metric         TEXT NOT NULL,
  value          REAL NOT NULL,
  point          INTEGER NOT NULL REFERENCES result (id),
  PRIMARY KEY (experiment, technology, network, precision_bits, metric)
) STRICT, WITHOUT ROWID;
INSERT INTO best_point VALUES(1,1,1,4,'area_control_um2',1074.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'area_datapath_um2',1012.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'area_register_um2',1043.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'area_sram_um2',1025.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'area_um2',1040.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'bram',1063.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'compute_cycles',1026.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'cycles',1015.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'dsp',1032.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'dsp_pct',1045.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'edp_uj_us',1064.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_datapath_uj',1036.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_dram_uj',1046.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_leakage_uj',1029.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_onchip_uj',1035.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'energy_per_product_fj',1060.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_register_uj',1067.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'energy_sram_uj',1018.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'energy_uj',1002.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'ff',1101.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'fps',1076.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'gops',1039.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'latency_us',1071.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'leakage_mw',1081.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'lut',1070.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'lut_pct',1094.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'power_mw',1033.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'sqnr_db',1111.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'tops_per_w',1070.0,1099511627784);
INSERT INTO best_point VALUES(1,1,1,4,'traffic_bytes',1077.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'transfer_cycles',1057.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,4,'utilization_frac',1088.0,1099511627778);
INSERT INTO best_point VALUES(1,1,1,8,'area_control_um2',1024.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'area_datapath_um2',1042.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'area_register_um2',1073.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'area_sram_um2',1035.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'area_um2',1070.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'bram',1093.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'compute_cycles',1056.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'cycles',1025.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'dsp',1062.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'dsp_pct',1055.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'edp_uj_us',1014.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'energy_datapath_uj',1066.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_dram_uj',1076.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_leakage_uj',1059.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_onchip_uj',1045.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_per_product_fj',1090.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_register_uj',1017.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'energy_sram_uj',1028.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'energy_uj',1032.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'ff',1031.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'fps',1106.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'gops',1069.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'latency_us',1001.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'leakage_mw',1011.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'lut',1100.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'lut_pct',1044.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'power_mw',1063.0,1099511627777);
INSERT INTO best_point VALUES(1,1,1,8,'sqnr_db',1041.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'tops_per_w',1100.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'traffic_bytes',1027.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'transfer_cycles',1007.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,8,'utilization_frac',1038.0,1099511627783);
INSERT INTO best_point VALUES(1,1,1,16,'area_control_um2',1034.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'area_datapath_um2',1072.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'area_register_um2',1023.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'area_sram_um2',1065.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'area_um2',1000.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'bram',1043.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'compute_cycles',1006.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'cycles',1055.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'dsp',1092.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'dsp_pct',1085.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'edp_uj_us',1024.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_datapath_uj',1016.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'energy_dram_uj',1026.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'energy_leakage_uj',1089.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_onchip_uj',1075.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_per_product_fj',1020.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_register_uj',1027.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_sram_uj',1058.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'energy_uj',1062.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'ff',1061.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'fps',1116.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'gops',1099.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'latency_us',1031.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'leakage_mw',1041.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'lut',1030.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'lut_pct',1054.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'power_mw',1013.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'sqnr_db',1071.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'tops_per_w',1030.0,1099511627782);
INSERT INTO best_point VALUES(1,1,1,16,'traffic_bytes',1037.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'transfer_cycles',1017.0,1099511627776);
INSERT INTO best_point VALUES(1,1,1,16,'utilization_frac',1068.0,1099511627782);
INSERT INTO best_point VALUES(1,2,1,4,'area_control_um2',1104.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'area_datapath_um2',1042.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'area_register_um2',1073.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'area_sram_um2',1035.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'area_um2',1070.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'bram',1093.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'compute_cycles',1056.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'cycles',1025.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'dsp',1062.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'dsp_pct',1055.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'edp_uj_us',1094.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_datapath_uj',1066.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_dram_uj',1076.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_leakage_uj',1059.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_onchip_uj',1045.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_per_product_fj',1090.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_register_uj',1097.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_sram_uj',1028.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'energy_uj',1032.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'ff',1031.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'fps',1086.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'gops',1049.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'latency_us',1001.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'leakage_mw',1011.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'lut',1100.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'lut_pct',1124.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'power_mw',1063.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'sqnr_db',1021.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'tops_per_w',1080.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'traffic_bytes',1107.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'transfer_cycles',1087.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,4,'utilization_frac',1018.0,1099511627787);
INSERT INTO best_point VALUES(1,2,1,8,'area_control_um2',1014.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'area_datapath_um2',1052.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'area_register_um2',1083.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'area_sram_um2',1045.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'area_um2',1000.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'bram',1103.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'compute_cycles',1066.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'cycles',1035.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'dsp',1072.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'dsp_pct',1065.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'edp_uj_us',1004.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_datapath_uj',1076.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_dram_uj',1086.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_leakage_uj',1069.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_onchip_uj',1055.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_per_product_fj',1020.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'energy_register_uj',1027.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'energy_sram_uj',1038.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'energy_uj',1042.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'ff',1041.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'fps',1116.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'gops',1079.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'latency_us',1011.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'leakage_mw',1021.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'lut',1030.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'lut_pct',1034.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'power_mw',1073.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'sqnr_db',1051.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'tops_per_w',1090.0,1099511627780);
INSERT INTO best_point VALUES(1,2,1,8,'traffic_bytes',1037.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'transfer_cycles',1017.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,8,'utilization_frac',1048.0,1099511627786);
INSERT INTO best_point VALUES(1,2,1,16,'area_control_um2',1044.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'area_datapath_um2',1082.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'area_register_um2',1013.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'area_sram_um2',1075.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'area_um2',1010.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'bram',1033.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'compute_cycles',1016.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'cycles',1065.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'dsp',1102.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'dsp_pct',1095.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'edp_uj_us',1034.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'energy_datapath_uj',1026.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'energy_dram_uj',1036.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'energy_leakage_uj',1019.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'energy_onchip_uj',1085.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'energy_per_product_fj',1030.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'energy_register_uj',1037.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'energy_sram_uj',1068.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'energy_uj',1072.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'ff',1071.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'fps',1126.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'gops',1089.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'latency_us',1041.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'leakage_mw',1051.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'lut',1040.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'lut_pct',1064.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'power_mw',1003.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'sqnr_db',1081.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'tops_per_w',1040.0,1099511627785);
INSERT INTO best_point VALUES(1,2,1,16,'traffic_bytes',1047.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'transfer_cycles',1027.0,1099511627779);
INSERT INTO best_point VALUES(1,2,1,16,'utilization_frac',1078.0,1099511627785);
CREATE VIEW summary AS
SELECT e.id AS experiment_id,
       e.name AS experiment,
       e.status AS status,
       e.points AS points,
       (SELECT coalesce(sum(b.rows), 0) FROM batch b WHERE b.experiment = e.id) AS stored,
       (SELECT count(*) FROM front_group g JOIN front f ON f.front_group = g.id WHERE g.experiment = e.id) AS on_front,
       e.started_utc AS started_utc,
       e.ended_utc AS ended_utc,
       round((julianday(e.ended_utc) - julianday(e.started_utc)) * 86400, 3) AS seconds,
       e.runs AS runs,
       e.model_version AS model_version,
       e.question AS question,
       e.command_line AS command_line
FROM experiment e;
CREATE VIEW point AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       r.precision_bits AS precision_bits,
       r.clock_mhz AS clock_mhz,
       r.area_um2, r.latency_us, r.energy_uj, r.power_mw, r.edp_uj_us, r.cycles, r.compute_cycles, r.transfer_cycles, r.utilization_frac, r.gops, r.tops_per_w, r.leakage_mw, r.area_datapath_um2, r.area_register_um2, r.area_control_um2, r.area_sram_um2, r.energy_datapath_uj, r.energy_register_uj, r.energy_sram_uj, r.energy_leakage_uj, r.energy_per_product_fj, r.sqnr_db, r.banks_input, r.banks_output, r.banks_weights, r.energy_onchip_uj, r.energy_dram_uj, r.traffic_bytes, r.traffic_floor_bytes, r.shared_buffer_bytes, r.lut, r.ff, r.dsp, r.bram, r.lut_pct, r.dsp_pct, r.fps, r.rows_dsp, r.rows_lut, r.rows_dsp_high, r.rows_lut_high,
       w.text AS infeasible,               -- why the point has no metrics; NULL: it has
       CASE WHEN i.id IS NULL THEN NULL ELSE coalesce(c.probability, 0) END AS front_probability,
       i.area_um2_p05, i.area_um2_p95, i.energy_uj_p05, i.energy_uj_p95, i.power_mw_p05, i.power_mw_p95, i.edp_uj_us_p05, i.edp_uj_us_p95, i.tops_per_w_p05, i.tops_per_w_p95, i.leakage_mw_p05, i.leakage_mw_p95, i.area_datapath_um2_p05, i.area_datapath_um2_p95, i.area_register_um2_p05, i.area_register_um2_p95, i.area_control_um2_p05, i.area_control_um2_p95, i.area_sram_um2_p05, i.area_sram_um2_p95, i.energy_datapath_uj_p05, i.energy_datapath_uj_p95, i.energy_register_uj_p05, i.energy_register_uj_p95, i.energy_sram_uj_p05, i.energy_sram_uj_p95, i.energy_leakage_uj_p05, i.energy_leakage_uj_p95, i.energy_per_product_fj_p05, i.energy_per_product_fj_p95, i.energy_onchip_uj_p05, i.energy_onchip_uj_p95, i.energy_dram_uj_p05, i.energy_dram_uj_p95, i.lut_p05, i.lut_p95, i.ff_p05, i.ff_p95, i.dsp_p05, i.dsp_p95, i.bram_p05, i.bram_p95, i.lut_pct_p05, i.lut_pct_p95, i.dsp_pct_p05, i.dsp_pct_p95,
       d.parameters AS parameters,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id,
       r.design AS design_id,
       r.technology AS technology_id,
       r.network AS network_id
FROM experiment e
CROSS JOIN result r ON r.id >= e.id << 40 AND r.id < (e.id + 1) << 40
LEFT JOIN technology t ON t.id = r.technology
LEFT JOIN network n ON n.id = r.network
LEFT JOIN design d ON d.id = r.design
LEFT JOIN reason w ON w.id = r.reason
LEFT JOIN interval i ON i.id = r.id
LEFT JOIN front_chance c ON c.point = r.id
;
CREATE VIEW front_point AS
SELECT g.name AS front_group,
       e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       d.name AS design,
       r.precision_bits AS precision_bits,
       r.clock_mhz AS clock_mhz,
       r.area_um2, r.latency_us, r.energy_uj, r.power_mw, r.edp_uj_us, r.cycles, r.compute_cycles, r.transfer_cycles, r.utilization_frac, r.gops, r.tops_per_w, r.leakage_mw, r.area_datapath_um2, r.area_register_um2, r.area_control_um2, r.area_sram_um2, r.energy_datapath_uj, r.energy_register_uj, r.energy_sram_uj, r.energy_leakage_uj, r.energy_per_product_fj, r.sqnr_db, r.banks_input, r.banks_output, r.banks_weights, r.energy_onchip_uj, r.energy_dram_uj, r.traffic_bytes, r.traffic_floor_bytes, r.shared_buffer_bytes, r.lut, r.ff, r.dsp, r.bram, r.lut_pct, r.dsp_pct, r.fps, r.rows_dsp, r.rows_lut, r.rows_dsp_high, r.rows_lut_high,
       CASE WHEN i.id IS NULL THEN NULL ELSE coalesce(c.probability, 0) END AS front_probability,
       i.area_um2_p05, i.area_um2_p95, i.energy_uj_p05, i.energy_uj_p95, i.power_mw_p05, i.power_mw_p95, i.edp_uj_us_p05, i.edp_uj_us_p95, i.tops_per_w_p05, i.tops_per_w_p95, i.leakage_mw_p05, i.leakage_mw_p95, i.area_datapath_um2_p05, i.area_datapath_um2_p95, i.area_register_um2_p05, i.area_register_um2_p95, i.area_control_um2_p05, i.area_control_um2_p95, i.area_sram_um2_p05, i.area_sram_um2_p95, i.energy_datapath_uj_p05, i.energy_datapath_uj_p95, i.energy_register_uj_p05, i.energy_register_uj_p95, i.energy_sram_uj_p05, i.energy_sram_uj_p95, i.energy_leakage_uj_p05, i.energy_leakage_uj_p95, i.energy_per_product_fj_p05, i.energy_per_product_fj_p95, i.energy_onchip_uj_p05, i.energy_onchip_uj_p95, i.energy_dram_uj_p05, i.energy_dram_uj_p95, i.lut_p05, i.lut_p95, i.ff_p05, i.ff_p95, i.dsp_p05, i.dsp_p95, i.bram_p05, i.bram_p95, i.lut_pct_p05, i.lut_pct_p95, i.dsp_pct_p05, i.dsp_pct_p95,
       d.parameters AS parameters,
       r.id & 0xffffffffff AS point,
       r.id AS point_id,
       e.id AS experiment_id,
       r.design AS design_id,
       r.technology AS technology_id,
       r.network AS network_id
FROM front_group g
CROSS JOIN front f ON f.front_group = g.id
JOIN result r ON r.id = f.point
JOIN experiment e ON e.id = g.experiment
LEFT JOIN technology t ON t.id = r.technology
LEFT JOIN network n ON n.id = r.network
LEFT JOIN design d ON d.id = r.design
LEFT JOIN interval i ON i.id = r.id
LEFT JOIN front_chance c ON c.point = r.id;
CREATE VIEW best AS
SELECT e.name AS experiment,
       t.name AS technology,
       n.name AS network,
       b.precision_bits AS precision_bits,
       b.metric AS objective,
       b.value AS value,
       m.unit AS unit,
       d.name AS design,
       r.clock_mhz AS clock_mhz,
       d.parameters AS parameters,
       b.point & 0xffffffffff AS point,
       b.point AS point_id,
       b.experiment AS experiment_id
FROM best_point b
JOIN experiment e ON e.id = b.experiment
JOIN metric m ON m.name = b.metric
JOIN result r ON r.id = b.point
JOIN technology t ON t.id = b.technology
JOIN network n ON n.id = b.network
JOIN design d ON d.id = r.design
WHERE b.metric IN (SELECT value FROM json_each(e.objectives));
CREATE VIEW compare AS
WITH paired AS (
  SELECT x.experiment, r.id, r.design, r.network, r.precision_bits, r.clock_mhz, r.technology,
         x.position, r.area_um2, r.latency_us, r.energy_uj,
         first_value(x.position) OVER same AS base_position,
         first_value(r.technology) OVER same AS base,
         first_value(r.area_um2) OVER same AS base_area_um2,
         first_value(r.latency_us) OVER same AS base_latency_us,
         first_value(r.energy_uj) OVER same AS base_energy_uj
  FROM experiment_technology x
  CROSS JOIN result r ON r.id >= x.experiment << 40 AND r.id < (x.experiment + 1) << 40 AND +r.technology = x.technology
  WHERE r.reason IS NULL
  WINDOW same AS (PARTITION BY x.experiment, r.design, r.network, r.precision_bits, r.clock_mhz ORDER BY x.position)
)
SELECT e.name AS experiment,
       d.name AS design,
       n.name AS network,
       p.precision_bits AS precision_bits,
       p.clock_mhz AS clock_mhz,
       b.name AS base_technology,
       t.name AS technology,
       p.area_um2 / p.base_area_um2 AS area_ratio,
       p.latency_us / p.base_latency_us AS latency_ratio,
       p.energy_uj / p.base_energy_uj AS energy_ratio,
       p.base_area_um2 AS base_area_um2,
       p.area_um2 AS area_um2,
       p.base_latency_us AS base_latency_us,
       p.latency_us AS latency_us,
       p.base_energy_uj AS base_energy_uj,
       p.energy_uj AS energy_uj,
       d.parameters AS parameters,
       p.id & 0xffffffffff AS point,
       p.id AS point_id,
       p.experiment AS experiment_id
FROM paired p
JOIN experiment e ON e.id = p.experiment
JOIN technology b ON b.id = p.base
JOIN technology t ON t.id = p.technology
JOIN network n ON n.id = p.network
JOIN design d ON d.id = p.design
WHERE p.base_position = 0 AND p.position > 0;
CREATE VIEW infeasible AS
SELECT e.name AS experiment,
       t.name AS technology,
       w.text AS reason,
       count(*) AS points,
       e.id AS experiment_id
FROM experiment e
CROSS JOIN result r ON r.id >= e.id << 40 AND r.id < (e.id + 1) << 40
JOIN technology t ON t.id = r.technology
JOIN reason w ON w.id = r.reason
GROUP BY e.id, r.technology, r.reason;
COMMIT;
