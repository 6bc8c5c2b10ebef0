#!/usr/bin/env python3
"""llama.cpp's own C++ server, in this process, on 127.0.0.1: usage serve.py MODEL PORT. Prints READY once it listens."""
import signal
import sys
import threading

import xllamacpp as x

p = x.CommonParams()
p.model.path, p.port = sys.argv[1], int(sys.argv[2])
if hasattr(p, "hostnames"):
    p.hostnames = ["127.0.0.1"]
p.n_ctx, p.n_parallel, p.n_predict = 65536, 4, -1
p.n_gpu_layers, p.warmup, p.sampling.temp = 0, False, 0.0
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
p.n_threads_http = 8
p.model_alias = "scripted" if isinstance(p.model_alias, str) else ["scripted"]
p.ui, p.fit_params, p.offline, p.ctx_shift, p.cache_ram_mib = False, False, True, False, 0
server = x.Server(p)
print("READY", server.listening_address, flush=True)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
signal.signal(signal.SIGINT, lambda *_: stop.set())
stop.wait()
