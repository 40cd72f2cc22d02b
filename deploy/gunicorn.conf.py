"""gunicorn for a city of several web processes: gunicorn -c deploy/gunicorn.conf.py

Every process opens the city for itself; whatever must be shared stands in the records.
"""

from runtime.settings import read_settings

_settings = read_settings()

wsgi_app = "wsgi:application()"
bind = f"{_settings.host}:{_settings.port or 8000}"
workers = _settings.workers
worker_class = "gthread"
threads = _settings.threads
timeout = 120
graceful_timeout = 30
keepalive = 15
max_requests = 50_000  # whatever grows in a process ends with it
max_requests_jitter = 5_000
accesslog = None  # our own line a request names no address and no code
control_socket_disable = True
