# Redmine as it is; it ends when the test that started it does, however that ends.
require '/usr/share/redmine/config/environment'
# Nothing outlives the test: no write has to reach the disk.
ActiveRecord::ConnectionAdapters::SQLite3Adapter.prepend(Module.new do
  private def configure_connection
    super
    execute('PRAGMA synchronous = OFF', 'SCHEMA')
  end
end)
ActiveRecord::Base.clear_all_connections!
Thread.new do
  $stdin.read
  Process.kill(:TERM, Process.pid)
end
run Rails.application
