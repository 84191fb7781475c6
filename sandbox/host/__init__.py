"""A Functions host on this machine: timers, queues and HTTP as Azure has them."""
